import type { Client } from "../client/client.ts";

/** What completion can ask: the machine, and which contexts there are. Asked for only when needed. */
export interface CompletionSource {
  client(): Promise<Client>;
  contexts(): Promise<readonly string[]>;
}

/** Candidates for a word; the shell filters them by what is typed. Failures complete to nothing. */
export type Completer = (source: CompletionSource) => Promise<readonly string[]> | readonly string[];
