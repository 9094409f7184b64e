import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { type AnyCommand, isFamily } from "../command.ts";
import { type Flag, type Flags, flagName } from "../flag.ts";

/**
 * The values of flags from what was typed.
 * @param texts by key: true or false of booleans, the texts of others, undefined when the flag was not given.
 * @throws Failure naming the flag and what it expects.
 */
export function readFlags(flags: Flags, texts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries<Flag>(flags).map(([key, flag]) => {
      const given = texts[key];
      return [key, given === undefined ? flag.default : readFlag(key, flag, [given].flat().map(String))];
    }),
  );
}

function readFlag(key: string, flag: Flag, texts: readonly string[]): unknown {
  try {
    return flag.read(texts);
  } catch (thrown) {
    throw new Failure(`Cannot use --${flagName(key)} "${texts.at(-1)}": ${messageOf(thrown)}`);
  }
}

/** Rewrites `--wait=false` as `--no-wait`, which is the form our parser knows, for flags that are on or off. */
export function spellBooleans(argv: readonly string[], commands: readonly AnyCommand[]): string[] {
  const names = booleanNames(commands);
  let literal = false;
  return argv.map((word) => {
    literal ||= word === "--";
    const match = literal ? null : /^--([a-z0-9-]+)=(true|false)$/.exec(word);
    const [, name = "", value] = match ?? [];
    if (match === null || !names.has(name)) return word;
    return value === "true" ? `--${name}` : `--no-${name}`;
  });
}

function booleanNames(commands: readonly AnyCommand[]): Set<string> {
  const names = new Set<string>();
  for (const command of commands) {
    if (isFamily(command)) for (const name of booleanNames(command.commands)) names.add(name);
    else {
      for (const [key, flag] of Object.entries<Flag>(command.flags)) {
        if (flag.kind === "boolean") names.add(flagName(key));
      }
    }
  }
  return names;
}
