import type { Argument } from "../argument.ts";
import type { Client } from "../client/client.ts";
import { type AnyCommand, type Command, isFamily } from "../command.ts";
import { readFlags } from "../command-line/flag-values.ts";
import { hoistGlobalFlags } from "../command-line/hoist.ts";
import { type Flag, type Flags, flagName } from "../flag.ts";
import { type GlobalFlags, globalFlags } from "../global-flags.ts";
import type { CompletionSource } from "./completer.ts";

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
  const candidates = await candidatesFor(commands, hoistGlobalFlags(words, commands), signal).catch(() => []);
  const word = words.at(-1) ?? "";
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
  const { positional, given, open } = readWords(flags, words.slice(0, -1));
  if (open !== undefined) return open[0] === "context" ? await contextNames(given) : (open[1].words ?? []);
  const word = words.at(-1) ?? "";
  if (word.startsWith("-")) {
    return Object.entries<Flag>(flags).flatMap(([key, { hidden }]) => (hidden ? [] : [`--${flagName(key)}`]));
  }
  const parameters = Object.values<Argument>(command.args);
  const argument =
    parameters[positional] ?? (parameters.at(-1)?.presence === "variadic" ? parameters.at(-1) : undefined);
  if (argument?.complete === undefined) return [];
  const candidates = Promise.resolve(argument.complete(sourceFor(given))).catch(() => []);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  limit.addEventListener("abort", () => resolve([]), { once: true });
  return await Promise.race([candidates, promise]);
}

/** What stands before the word: how many arguments, which flags, and a flag whose value the word is. */
function readWords(flags: Flags, words: readonly string[]) {
  const given = new Map<string, string[]>();
  let positional = 0;
  let open: [key: string, flag: Flag] | undefined;
  for (const word of words) {
    if (open !== undefined) {
      given.getOrInsertComputed(open[0], () => []).push(word);
      open = undefined;
      continue;
    }
    if (!word.startsWith("-")) {
      positional += 1;
      continue;
    }
    const [name = "", value] = word.split(/=(.*)/s);
    const entry = Object.entries<Flag>(flags).find(
      ([key, { short }]) => name === `--${flagName(key)}` || name === `-${short}`,
    );
    if (entry === undefined || entry[1].kind === "boolean") continue;
    if (value === undefined) open = entry;
    else given.getOrInsertComputed(entry[0], () => []).push(value);
  }
  return { positional, given: Object.fromEntries(given), open };
}

/** The global flags are typed already: completion asks the machine that the command would ask. */
function sourceFor(given: Readonly<Record<string, readonly string[]>>): CompletionSource {
  let opened: Promise<Client> | undefined;
  return {
    client: async () => {
      const { openClient } = await import("../client/open.ts");
      opened ??= openClient(globalsOf(given));
      return await opened;
    },
    contexts: () => contextNames(given),
  };
}

async function contextNames(given: Readonly<Record<string, readonly string[]>>): Promise<readonly string[]> {
  const { openTalosconfig } = await import("../commands/config/editing.ts");
  return [...(await openTalosconfig(globalsOf(given))).config.contexts.keys()];
}

const globalsOf = (given: Readonly<Record<string, readonly string[]>>): GlobalFlags =>
  readFlags(globalFlags, given) as unknown as GlobalFlags;
