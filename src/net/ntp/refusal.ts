import { Failure } from "../../errors/failure.ts";

/** What servers call it when they do not want to be asked, RFC 5905 7.4. Other codes say why they have no time yet. */
export type RefusalCode = "DENY" | "RATE" | "RSTR";

export const isRefusalCode = (code: string): code is RefusalCode =>
  code === "DENY" || code === "RATE" || code === "RSTR";

/** A server's "kiss of death": it understood, and does not want to be asked. */
export class Refusal extends Failure {
  /** Whether it may be asked again, more slowly. */
  readonly isForNow: boolean;

  constructor(code: RefusalCode) {
    super(`Cannot take the time: the server refuses to tell it (${code})`);
    this.isForNow = code === "RATE";
  }
}

/** The refusal among the causes of a failure. */
export function refusalIn(thrown: unknown): Refusal | undefined {
  if (thrown instanceof Refusal) return thrown;
  return thrown instanceof Error && thrown.cause !== undefined ? refusalIn(thrown.cause) : undefined;
}
