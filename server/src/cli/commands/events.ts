/** ledgerpost events and ledgerpost trigger: what has happened, what happens, and an example of it on demand. */
import type { Command } from 'commander';
import { findCompany } from '../companies-and-connections.ts';
import { contextOf } from '../context.ts';
import { readFeed, untilInterrupted, type WireEvent } from '../event-feed.ts';
import { wholeNumber } from '../options.ts';
import type { Output } from '../output.ts';

interface EventsOptions {
  readonly follow?: true;
  readonly types?: string;
  readonly company?: string;
  readonly after?: string;
  readonly count?: number;
}

export function addEvents(program: Command): void {
  program
    .command('events')
    .description('print the events that are kept, oldest first; with --follow also those to come')
    .option('--follow', 'go on until Ctrl-C; without --after, from now on')
    .option('--types <patterns>', 'only these, such as "bills.write.*,connection.*"')
    .option('--company <company>', 'only about this company, by id or name')
    .option('--after <cursor>', 'go on where an earlier look ended')
    .option('--count <number>', 'end after so many', wholeNumber(1, 1_000_000_000))
    .addHelpText('after', '\nExample:\n  ledgerpost events --follow --types "*.write.unsuccessful"')
    .action(async (options: EventsOptions) => {
      const { output, server } = await contextOf(program);
      const companyId = options.company === undefined ? undefined : (await findCompany(server, options.company)).id;
      const follow = options.follow === true;
      const after = options.after ?? (follow ? 'latest' : undefined);
      const selection = { after, eventTypes: options.types, companyId };
      const signal = untilInterrupted();
      let left = options.count ?? Number.POSITIVE_INFINITY;
      for await (const { events, cursor } of readFeed(server, selection, { follow, signal, onAway: output.note })) {
        for (const event of events.slice(0, left)) printEvent(output, event);
        left -= events.length;
        // Read by a program that goes on later; a person who follows has seen it all.
        if (!follow && !output.json && events.length > 0) output.note(`so far: --after ${cursor}`);
        if (left <= 0) return;
      }
    });

  program
    .command('trigger')
    .description('tell everybody who listens an example of an event type, signed and marked as a test')
    .argument('<eventType>', 'such as bills.write.successful')
    .option('--consumer <id>', 'only this webhook consumer')
    .option('--company <company>', 'about this company, by id or name; about a made-up one unless given')
    .addHelpText('after', '\nExample:\n  ledgerpost trigger bills.write.successful')
    .action(async (eventType: string, { consumer, company }: { consumer?: string; company?: string }) => {
      const { output, server } = await contextOf(program);
      const companyId = company === undefined ? undefined : (await findCompany(server, company)).id;
      if (consumer !== undefined) {
        const path = `/webhooks/${encodeURIComponent(consumer)}/test`;
        const sent = await server.call<{ readonly id: string }>('POST', path, { body: { eventType } });
        return output.json ? output.value(sent) : output.note(`Sent as ${sent.id}`);
      }
      const told = await server.call<WireEvent>('POST', '/events/test', { body: { eventType, companyId } });
      if (output.json) output.value(told);
      else printEvent(output, told);
    });
}

export function printEvent(output: Output, event: WireEvent): void {
  if (output.json) return output.line(JSON.stringify(event));
  const { payload } = event;
  const status = typeof payload['status'] === 'string' ? `  ${payload['status']}` : '';
  const test = event.test === true ? output.colour('dim', '  (test)') : '';
  output.line(`${event.generatedDate.slice(0, 23)}  ${event.id}  ${event.eventType}${status}${test}`);
}
