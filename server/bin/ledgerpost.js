#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// The `ledgerpost` command. Plain JavaScript, so that an old Node can say that it is too old.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `ledgerpost needs Node 24 and this is ${process.versions.node}. In this repository, "npx ledgerpost" brings its own.\n`,
  );
  process.exit(1);
}
const { runCommand } = await import('../src/cli/main.ts');
process.exitCode = await runCommand(process.argv.slice(2));
