import type { Argument } from "../argument.ts";
import type { Client } from "../client/client.ts";
import { type AnyCommand, type Command, isFamily } from "../command.ts";
import { readFlags } from "../command-line/flag-values.ts";
import { hoistGlobalFlags } from "../command-line/hoist.ts";
import { type Flag, type Flags, flagName } from "../flag.ts";
import { type GlobalFlags, globalFlags } from "../global-flags.ts";
import type { Completer, CompletionSource } from "./completer.ts";

/** How long a shell may wait for the machine. */
const patienceMs = 3_000;

/**
 * Candidates for the last of the words, one a line. The words are what was typed after `talosctl`.
 * What cannot be found out completes to nothing: nobody reads errors while typing.
 */
export async function complete(
  commands: readonly AnyCommand[],
  words: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const word = words.at(-1) ?? "";
  const candidates = await candidatesFor(commands, hoistGlobalFlags(words, commands), signal).catch(() => []);
  return [...new Set(candidates)]
    .filter((candidate) => candidate.startsWith(word))
    .toSorted()
    .map((candidate) => `${candidate}\n`)
    .join("");
}

async function candidatesFor(
  commands: readonly AnyCommand[],
  words: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [first, ...rest] = words;
  const typed = commands.find(({ name, aliases }) => name === first || aliases?.includes(first ?? ""));
  if (rest.length === 0 || typed === undefined) {
    const { args, given, open } = readWords(globalFlags, words.slice(0, -1));
    if (open !== undefined) return await inTime(open.complete, sourceFor(words.at(-1) ?? "", args, given), signal);
    return commands.filter(({ hidden }) => !hidden).map(({ name }) => name);
  }
  if (isFamily(typed)) return await candidatesFor(typed.commands, rest, signal);
  return await verbCandidates(typed, rest, signal);
}

async function verbCandidates(
  command: Command,
  words: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const flags: Flags = { ...command.flags, ...(command.remote ? globalFlags : {}) };
  const { args, given, open } = readWords(flags, words.slice(0, -1));
  const word = words.at(-1) ?? "";
  const source = sourceFor(word, args, given);
  if (open !== undefined) return open.words ?? (await inTime(open.complete, source, signal));
  if (word.startsWith("-")) {
    return Object.entries<Flag>(flags).flatMap(([key, { hidden }]) => (hidden ? [] : [`--${flagName(key)}`]));
  }
  const parameters = Object.values<Argument>(command.args);
  const argument =
    parameters[args.length] ?? (parameters.at(-1)?.presence === "variadic" ? parameters.at(-1) : undefined);
  return await inTime(argument?.complete, source, signal);
}

async function inTime(
  completer: Completer | undefined,
  source: CompletionSource,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (completer === undefined) return [];
  const candidates = Promise.resolve(completer(source)).catch(() => []);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  limit.addEventListener("abort", () => resolve([]), { once: true });
  return await Promise.race([candidates, promise]);
}

/** What stands before the word: the arguments, which flags, and a flag whose value the word is. */
function readWords(flags: Flags, words: readonly string[]) {
  const given = new Map<string, string[]>();
  const args: string[] = [];
  let open: [key: string, flag: Flag] | undefined;
  for (const word of words) {
    if (open !== undefined) {
      given.getOrInsertComputed(open[0], () => []).push(word);
      open = undefined;
      continue;
    }
    if (!word.startsWith("-")) {
      args.push(word);
      continue;
    }
    const [name = "", value] = word.split(/=(.*)/s);
    const entry = Object.entries<Flag>(flags).find(
      ([key, { short }]) => name === `--${flagName(key)}` || name === `-${short}`,
    );
    if (entry === undefined) continue;
    if (value === undefined && entry[1].kind !== "boolean") open = entry;
    else given.getOrInsertComputed(entry[0], () => []).push(value ?? "true");
  }
  return { args, given: Object.fromEntries(given), open: open?.[1] };
}

type Given = Readonly<Record<string, readonly string[]>>;

/** Flags are typed already: completion asks the machine that the command would ask. */
function sourceFor(word: string, args: readonly string[], given: Given): CompletionSource {
  const flag = (key: string) => given[key]?.at(-1);
  let opened: Promise<Client> | undefined;
  return {
    ...{ word, args, flag },
    client: async () => {
      const { openClient } = await import("../client/open.ts");
      opened ??= openClient(globalsOf(given), { insecure: flag("insecure") === "true", nodesNeeded: false });
      return await opened;
    },
    contexts: async () => {
      const { openTalosconfig } = await import("../commands/config/editing.ts");
      return [...(await openTalosconfig(globalsOf(given))).config.contexts.keys()];
    },
    addresses: async () => {
      const { currentContext } = await import("../client/open.ts");
      const { context } = await currentContext(globalsOf(given));
      return [...context.nodes, ...context.endpoints];
    },
  };
}

const globalsOf = (given: Given): GlobalFlags => readFlags(globalFlags, given) as unknown as GlobalFlags;
