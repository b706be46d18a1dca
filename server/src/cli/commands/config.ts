/** ledgerpost config: every setting, what it is now and where that comes from. */
import type { Command } from 'commander';
import { SETTINGS, settingsGiven } from '../../config.ts';
import { configOrFail, outputOf } from '../context.ts';

export function addConfig(program: Command): void {
  program
    .command('config')
    .description('show every setting, its value and its default; secrets are not shown')
    .action(() => {
      const output = outputOf(program);
      configOrFail();
      const given = settingsGiven();
      const rows = Object.entries(SETTINGS).map(([name, setting]) => {
        const value = given.get(name);
        return {
          setting: name,
          value: value === undefined ? setting.shownDefault : 'secret' in setting ? '(set)' : value,
          from: value === undefined ? 'default' : 'environment',
          meaning: setting.meaning,
        };
      });
      if (output.json) return output.value(rows);
      output.table(rows);
    });
}
