import { messageOf } from "../../errors/message.ts";
import { Code, StatusError } from "../status.ts";
import { failureOf, responseOf, responseWith, streamMessageOf } from "./aggregate.ts";

/** What a node answers to the call: its messages, then a throw if it fails. */
export interface NodeAnswer {
  readonly node: string;
  readonly messages: AsyncIterable<Uint8Array>;
}

/** Joins the messages of several nodes as they come; the slowest reader sets the pace of each. */
export async function joinStreams(
  answers: readonly NodeAnswer[],
  write: (...message: readonly Uint8Array[]) => Promise<void>,
): Promise<void> {
  const copy = async ({ node, messages }: NodeAnswer): Promise<void> => {
    try {
      for await (const message of messages) await write(...streamMessageOf(node, message));
    } catch (thrown) {
      await write(failureOf(node, statusErrorOf(thrown)));
    }
  };
  await Promise.all(answers.map(copy));
}

/** Joins the one response of each node into one, in the order of the nodes. */
export async function joinResponses(answers: readonly NodeAnswer[]): Promise<readonly Uint8Array[]> {
  const collect = async ({ node, messages }: NodeAnswer): Promise<readonly Uint8Array[]> => {
    try {
      const parts: Uint8Array[] = [];
      for await (const message of messages) parts.push(responseOf(node, message));
      return parts;
    } catch (thrown) {
      return [responseWith(failureOf(node, statusErrorOf(thrown)))];
    }
  };
  return (await Promise.all(answers.map(collect))).flat();
}

const statusErrorOf = (thrown: unknown): StatusError =>
  thrown instanceof StatusError ? thrown : new StatusError(Code.internal, messageOf(thrown), { cause: thrown });
