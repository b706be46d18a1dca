/** ledgerpost listen: hands events to a program on this machine, signed as a webhook consumer would get them. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { pause } from '../../db/pause.ts';
import { monotonicMs, systemClock } from '../../lib/clock.ts';
import { signatureHeaders, webhookId } from '../../webhooks/envelope.ts';
import { findCompany } from '../companies-and-connections.ts';
import { contextOf } from '../context.ts';
import { readFeed, untilInterrupted, type WireEvent } from '../event-feed.ts';
import { CommandFailure } from '../exit-codes.ts';
import { wholeNumber } from '../options.ts';
import { networkReason } from '../server-calls.ts';
import { printEvent } from './events.ts';

interface ListenOptions {
  readonly forward: string;
  readonly types?: string;
  readonly company?: string;
  readonly secret?: string;
  readonly after?: string;
  readonly count?: number;
}

/** As long as a webhook consumer has. */
const ANSWER_MS = 15_000;
/** A program that is being restarted gets its event; one that stays away does not hold up the rest for long. */
const PAUSES_MS = [500, 1_000, 2_000];

export function addListen(program: Command): void {
  program
    .command('listen')
    .description(
      'hand every event to a program on this machine, signed anew; nothing has to reach this machine from outside',
    )
    .requiredOption('--forward <url>', 'where to POST them')
    .option('--types <patterns>', 'only these, such as "bills.write.*,connection.*"')
    .option('--company <company>', 'only about this company, by id or name')
    .option('--secret <whsec_…>', 'sign with this secret; a random one is made and shown unless given')
    .option('--after <cursor>', 'go on where an earlier look ended; from now on unless given')
    .option('--count <number>', 'end after so many', wholeNumber(1, 1_000_000_000))
    .addHelpText(
      'after',
      '\nExample:\n  ledgerpost listen --forward http://localhost:3000/hook\n  ledgerpost trigger bills.write.successful',
    )
    .action(async (options: ListenOptions) => {
      const { output, server } = await contextOf(program);
      if (!URL.canParse(options.forward))
        throw new CommandFailure('usage', `--forward: "${options.forward}" is no address`);
      const companyId = options.company === undefined ? undefined : (await findCompany(server, options.company)).id;
      const secret = options.secret ?? `whsec_${randomBytes(24).toString('base64')}`;
      checkSecret(secret);
      const signal = untilInterrupted();
      const selection = { after: options.after ?? 'latest', eventTypes: options.types, companyId };
      let left = options.count ?? Number.POSITIVE_INFINITY;
      let hasBegun = false;
      let failed = 0;
      for await (const { events } of readFeed(server, selection, { follow: true, signal, onAway: output.note })) {
        if (!hasBegun) output.note(`Listening. Signing secret: ${secret}`);
        hasBegun = true;
        for (const event of events.slice(0, left)) {
          const told = await deliver(event, { url: options.forward, secret, signal });
          printEvent(output, event);
          output.note(`  → ${options.forward}  ${told.text}`);
          if (!told.isTaken) failed += 1;
        }
        left -= events.length;
        if (left <= 0) break;
      }
      if (failed > 0) throw new CommandFailure('unhealthy', `${failed} not taken by ${options.forward}`);
    });
}

function checkSecret(secret: string): void {
  try {
    signatureHeaders([secret], { id: 'msg_check', at: systemClock.now(), body: '' });
  } catch {
    throw new CommandFailure('usage', '--secret: a secret is whsec_ and Base64 after it');
  }
}

interface Target {
  readonly url: string;
  readonly secret: string;
  readonly signal: AbortSignal;
}

async function deliver(
  event: WireEvent,
  target: Target,
): Promise<{ readonly isTaken: boolean; readonly text: string }> {
  const startedMs = monotonicMs();
  const told = (text: string) => `${text} after ${Math.round(monotonicMs() - startedMs)} ms`;
  for (let attempt = 0; ; attempt++) {
    const { status, reason } = await post(event, target);
    if (status !== undefined && status >= 200 && status < 300) return { isTaken: true, text: told(String(status)) };
    const pauseMs = PAUSES_MS[attempt];
    const text = status === undefined ? reason : String(status);
    if (pauseMs === undefined || target.signal.aborted) return { isTaken: false, text: told(`not taken: ${text}`) };
    await pause(target.signal, pauseMs);
  }
}

async function post(event: WireEvent, { url, secret, signal }: Target) {
  const body = JSON.stringify(event);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...signatureHeaders([secret], { id: webhookId(event.id), at: systemClock.now(), body }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), signal]),
    });
    await answer.body?.cancel();
    return { status: answer.status, reason: '' };
  } catch (error) {
    return { status: undefined, reason: networkReason(error) };
  }
}
