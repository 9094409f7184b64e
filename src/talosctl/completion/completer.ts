import type { Client } from "../client/client.ts";

/** What completion can ask: what is typed, the machine, and the client configuration. Asked for only when needed. */
export interface CompletionSource {
  /** The word that is completed, as far as it is typed. */
  readonly word: string;
  /** The arguments before it. */
  readonly args: readonly string[];
  /** The value of a flag that was typed before, by its key. */
  flag(key: string): string | undefined;
  /** The machine that the command would ask, or the endpoint when no node is set. */
  client(): Promise<Client>;
  contexts(): Promise<readonly string[]>;
  /** Nodes and endpoints of the context in use. */
  addresses(): Promise<readonly string[]>;
}

/** Candidates for a word; the shell filters them by what is typed. Failures complete to nothing. */
export type Completer = (source: CompletionSource) => Promise<readonly string[]> | readonly string[];
