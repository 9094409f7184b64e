import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";

/** What went wrong with one node. */
export interface NodeFailure {
  readonly node: string;
  readonly message: string;
  /** What to do about it, for a line of its own. */
  readonly hint?: string | undefined;
}

export const nodeFailure = (node: string, thrown: unknown): NodeFailure => ({
  node,
  message: errorText(thrown),
  hint: thrown instanceof Failure ? thrown.hint : undefined,
});

/** The text of an error for a user. A call's status says it all already: its cause is the library's view of the same. */
export const errorText = (thrown: unknown): string =>
  thrown instanceof Error && thrown.name === "StatusError" ? thrown.message : messageOf(thrown);

/** Thrown at the end of a command that some nodes failed: everything was printed, and the exit status is 1. */
export class NodesFailed extends Error {
  override readonly name = "NodesFailed";
  readonly failures: readonly NodeFailure[];

  constructor(failures: readonly NodeFailure[]) {
    super(
      failures
        .flatMap(({ node, message, hint }) => [`${node}: ${message}`, ...(hint === undefined ? [] : [hint])])
        .join("\n"),
    );
    this.failures = failures;
  }
}
