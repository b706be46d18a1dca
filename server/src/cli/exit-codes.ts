/** What the exit code of a command says, once; the help and the documentation are drawn from here. */

export const EXIT_CODES = {
  done: { code: 0, meaning: 'done; a push that was waited for has succeeded' },
  unexpected: { code: 1, meaning: 'something went wrong that no other code names' },
  usage: { code: 2, meaning: 'the command line or a setting is wrong' },
  unreachable: { code: 3, meaning: 'the server does not answer' },
  refused: { code: 4, meaning: 'the server refused the request' },
  notFound: { code: 5, meaning: 'what was asked for does not exist' },
  pushFailed: { code: 6, meaning: 'the push failed: it is not in the books' },
  pushTimedOut: { code: 7, meaning: 'the push timed out: it was never sent' },
  outcomeUnknown: { code: 8, meaning: 'nobody can tell whether the push is in the books' },
  stillPending: { code: 9, meaning: 'the wait was over before the push had ended; the push goes on' },
  unhealthy: { code: 10, meaning: '`doctor` found something to mend, or a delivery to a local program failed' },
} as const;

export type ExitName = keyof typeof EXIT_CODES;

/** Ends a command with words for a person and a code for a program. */
export class CommandFailure extends Error {
  readonly exit: ExitName;

  constructor(exit: ExitName, message: string) {
    super(message);
    this.exit = exit;
  }
}
