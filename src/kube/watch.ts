import { Failure } from "../errors/failure.ts";
import { parseJson } from "./body.ts";
import { kubeErrorOf } from "./kube-error.ts";
import { isRecord, type KubeObject } from "./object.ts";

export interface WatchEvent<T extends KubeObject = KubeObject> {
  /** A `BOOKMARK` holds nothing but the version up to which everything has been told. */
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: T;
}

/** etcd takes no object over 1.5 MiB; what the server adds to one makes it no ten times as long. */
export const maximumEventBytes = 16 << 20;

const types: ReadonlySet<unknown> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);
const newline = 0x0a;

/**
 * The events of a watch's body: one JSON document a line, however the bytes are cut.
 * @param what names it in errors
 * @throws KubeError for an `ERROR` event (410: begin anew), Failure for what is no event
 */
export async function* decodeWatch<T extends KubeObject>(
  chunks: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  let held: Uint8Array[] = [];
  let length = 0;
  const line = (): string => {
    const text = Buffer.concat(held).toString("utf8");
    held = [];
    length = 0;
    return text;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      held.push(chunk.subarray(from, end));
      from = end + 1;
      const event = parseEvent<T>(line(), what);
      if (event !== undefined) yield event;
    }
    held.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > maximumEventBytes) {
      throw new Failure(`Cannot ${what}: an event is larger than ${maximumEventBytes} bytes`);
    }
  }
  // A connection that breaks cuts the last line; only a whole one is an event, and it ends with a newline.
}

function parseEvent<T extends KubeObject>(line: string, what: string): WatchEvent<T> | undefined {
  if (line.trim() === "") return undefined;
  const event = parseJson(line, what);
  if (!isRecord(event) || !isRecord(event.object)) throw new Failure(`Cannot ${what}: the answer is no event`);
  if (event.type === "ERROR") throw kubeErrorOf(what, event.object);
  if (!types.has(event.type)) throw new Failure(`Cannot ${what}: there is no event "${String(event.type)}"`);
  // Whose fields are as they should be is for the reader of the object: this is the server's word.
  return event as unknown as WatchEvent<T>;
}
