import { type AnyCommand, isFamily } from "../command.ts";
import { type Flag, flagName } from "../flag.ts";
import { globalFlags } from "../global-flags.ts";

/**
 * Moves global flags that stand before the verb behind it, where they are declared: `-n 10.0.0.2 config info` and
 * `config -n 10.0.0.2 info` mean the same as `config info -n 10.0.0.2`.
 */
export function hoistGlobalFlags(argv: readonly string[], commands: readonly AnyCommand[]): string[] {
  const path: string[] = [];
  const hoisted: string[] = [];
  let members: readonly AnyCommand[] | undefined = commands;
  let at = 0;
  while (members !== undefined && at < argv.length) {
    const word = argv[at] ?? "";
    const length = globalFlagLength(word);
    if (length > 0) {
      hoisted.push(...argv.slice(at, at + length));
      at += length;
      continue;
    }
    const found: AnyCommand | undefined = members.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (found === undefined) {
      // Of what is no command, no flag is known either: the word itself is what went wrong.
      if (!word.startsWith("-")) return [...path, word];
      break;
    }
    path.push(word);
    at += 1;
    members = isFamily(found) ? found.commands : undefined;
  }
  // Without a verb there is nothing to move them behind; the parser says what is wrong.
  return path.length === 0 ? [...argv] : [...path, ...hoisted, ...argv.slice(at)];
}

/** How many words the flag and its value are; 0 for what is no global flag. */
function globalFlagLength(word: string): number {
  for (const [key, { short }] of Object.entries<Flag>(globalFlags)) {
    const long = `--${flagName(key)}`;
    if (word === long || word === `-${short}`) return 2;
    if (word.startsWith(`${long}=`) || (short !== undefined && new RegExp(`^-${short}[^-]`).test(word))) return 1;
  }
  return 0;
}
