/**
 * An error a person can act on: what we could not do, what is the case, and what to do next.
 * The message is one sentence, sentence case, no full stop: `Cannot <do> <object>: <what is the case>`.
 */
export class Failure extends Error {
  override readonly name: string = "Failure";
  /** What to type or change next, shown on its own line. */
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly hint?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
  }
}
