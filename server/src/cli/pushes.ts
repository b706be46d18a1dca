/** Push operations as commands see them: waiting for the end, showing it, and what it makes of the exit code. */
import { CommandFailure, type ExitName } from './exit-codes.ts';
import type { Output } from './output.ts';
import type { ServerCalls } from './server-calls.ts';

export interface WirePush {
  readonly pushOperationKey: string;
  readonly status: PushStatus;
  readonly statusCode: number;
  readonly dataType: string;
  readonly requestedOnUtc: string;
  readonly completedOnUtc?: string;
  readonly errorMessage: string | null;
  readonly attempts: number;
  readonly changes: readonly { readonly type: string; readonly recordRef: { readonly id: string } }[];
  readonly validation: { readonly errors: readonly Finding[]; readonly warnings: readonly Finding[] };
  readonly waitingOn?: { readonly reason: string; readonly since: string; readonly notBefore?: string };
}

interface Finding {
  readonly itemId?: string;
  readonly message: string;
}

type PushStatus = 'Pending' | 'Processing' | 'Success' | 'Failed' | 'TimedOut' | 'Unknown';

const EXIT_OF_STATUS = {
  Pending: 'stillPending',
  Processing: 'stillPending',
  Success: 'done',
  Failed: 'pushFailed',
  TimedOut: 'pushTimedOut',
  Unknown: 'outcomeUnknown',
} as const satisfies Record<PushStatus, ExitName>;

const COLOUR_OF_STATUS = {
  Pending: 'yellow',
  Processing: 'yellow',
  Success: 'green',
  Failed: 'red',
  TimedOut: 'red',
  Unknown: 'red',
} as const satisfies Record<PushStatus, string>;

/** How long one call is held by the server; several make a longer wait. */
const HOLD_SECONDS = 20;
const HOLD_MARGIN_MS = 15_000;

function hasEnded({ status }: WirePush): boolean {
  return status !== 'Pending' && status !== 'Processing';
}

/** Asks until the push has ended or the time is over; `onUpdate` sees every answer. */
export async function waitForEnd(
  server: ServerCalls,
  push: { readonly companyId: string; readonly key: string },
  { seconds, onUpdate = () => undefined }: { readonly seconds: number; readonly onUpdate?: (push: WirePush) => void },
): Promise<WirePush> {
  const path = `/companies/${push.companyId}/push/${push.key}`;
  for (let left = seconds; ; left -= HOLD_SECONDS) {
    const wait = Math.max(0, Math.min(HOLD_SECONDS, Math.floor(left)));
    const now = await server.call<WirePush>('GET', path, {
      query: { wait },
      timeoutMs: wait * 1_000 + HOLD_MARGIN_MS,
    });
    onUpdate(now);
    if (hasEnded(now) || left <= HOLD_SECONDS) return now;
  }
}

export function showPush(output: Output, push: WirePush): void {
  const { changes, validation, waitingOn } = push;
  const status = output.colour(COLOUR_OF_STATUS[push.status], push.status);
  output.line(`${push.pushOperationKey}  ${push.dataType}  ${status} (${push.statusCode})`);
  output.line(
    `requested ${push.requestedOnUtc}${push.completedOnUtc === undefined ? '' : `, ended ${push.completedOnUtc}`}, attempts ${push.attempts}`,
  );
  if (push.errorMessage !== null) output.line(push.errorMessage);
  for (const { type, recordRef } of changes) output.line(`${type} record ${recordRef.id}`);
  for (const { itemId, message } of validation.errors) output.line(`error    ${findingText(itemId, message)}`);
  for (const { itemId, message } of validation.warnings) output.line(`warning  ${findingText(itemId, message)}`);
  if (waitingOn !== undefined) output.line(`waits for ${waitingText(waitingOn)}`);
}

export function waitingText({ reason, notBefore }: NonNullable<WirePush['waitingOn']>): string {
  return `${reason}${notBefore === undefined ? '' : `, not before ${notBefore}`}`;
}

function findingText(itemId: string | undefined, message: string): string {
  return itemId === undefined ? message : `${itemId}: ${message}`;
}

/** Fails the command unless the push has succeeded. */
export function exitAsEnded(push: WirePush): void {
  const exit = EXIT_OF_STATUS[push.status];
  if (exit !== 'done') throw new CommandFailure(exit, `The push is ${push.status}`);
}
