import type { Arguments, ArgumentValues } from "./argument.ts";
import type { Client } from "./client/client.ts";
import type { Flags, FlagValues } from "./flag.ts";
import type { GlobalFlags } from "./global-flags.ts";

/** How a command reaches machines: as the client's openClient has it. */
export interface ClientChoice {
  readonly insecure?: boolean;
  readonly fingerprints?: readonly string[];
  /** False for what can do without a node, and asks the endpoint. */
  readonly nodesNeeded?: boolean;
}

/** What a command works with. */
export interface Context<A = Readonly<Record<string, unknown>>, F = Readonly<Record<string, unknown>>> {
  readonly args: ArgumentValues<A>;
  readonly flags: FlagValues<F>;
  readonly global: GlobalFlags;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** Writes to standard output, waiting for a slow reader. */
  print(text: string | Uint8Array): Promise<void>;
  /** Writes a line to standard error. */
  warn(line: string): void;
  /** Tells a person who waits that there is something to wait for; nothing to a program. */
  notice(line: string): void;
  /** A line from the user, after a question; undefined when there is nobody to ask. */
  ask(question: string): Promise<string | undefined>;
  /** The connection to the machines; made when first asked for. */
  client(options?: ClientChoice): Promise<Client>;
}

/** Under which heading the overview lists a command. */
export type CommandGroup = "manage" | "offline" | "local" | "other";

interface Names {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line, sentence case, no full stop. */
  readonly summary: string;
  readonly group?: CommandGroup;
  /** Not shown in help and completion: for our own background processes. */
  readonly hidden?: boolean;
}

/** A verb of talosctl: what it is called, what it takes, what it does. */
export interface Command<A extends Arguments = Arguments, F extends Flags = Flags> extends Names {
  /** More than the summary, when there is more to say. */
  readonly description?: string;
  readonly args: A;
  readonly flags: F;
  /** What to type, with what it does after a `#`. At least one. */
  readonly examples: readonly string[];
  /** Talks to machines, and so takes the global flags. */
  readonly remote: boolean;
  run(context: Context<A, F>): Promise<void>;
}

/** A verb with verbs of its own, such as `config`. */
export interface CommandFamily extends Names {
  readonly commands: readonly AnyCommand[];
}

/** A command whose arguments and flags are checked where it is defined. */
// biome-ignore lint/suspicious/noExplicitAny: the table holds commands of every shape, and run takes its own
export type AnyCommand = Command<any, any> | CommandFamily;

type Definition<A extends Arguments, F extends Flags> = Omit<Command<A, F>, "args" | "flags" | "remote"> & {
  readonly args?: A;
  readonly flags?: F;
  readonly remote?: boolean;
};

/** Defines a verb; the types of its arguments and flags follow from their description. */
export const command = <const A extends Arguments = Record<never, never>, const F extends Flags = Record<never, never>>(
  definition: Definition<A, F>,
): Command<A, F> => ({ remote: true, args: {} as A, flags: {} as F, ...definition });

export const family = (definition: CommandFamily): CommandFamily => definition;

export const isFamily = (candidate: AnyCommand): candidate is CommandFamily => "commands" in candidate;
