/** A start that cannot go on, told in a sentence for the person who started it: what is wrong and what to do. */
export class StartupError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StartupError';
    this.code = code;
  }
}
