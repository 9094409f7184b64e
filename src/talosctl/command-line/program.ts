import { CommanderError, Option, Command as Program } from "commander";
import { suggest } from "../../config/suggest.ts";
import { Failure } from "../../errors/failure.ts";
import type { Argument } from "../argument.ts";
import { type AnyCommand, type Command, isFamily } from "../command.ts";
import { type Flag, type Flags, flagName } from "../flag.ts";
import { globalFlags } from "../global-flags.ts";
import { readFlags, spellBooleans } from "./flag-values.ts";
import { type HelpPage, help } from "./help.ts";
import { hoistGlobalFlags } from "./hoist.ts";

/** A command with what was given to it. */
export interface Invocation {
  readonly command: Command;
  readonly args: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly global: Readonly<Record<string, unknown>>;
}

/** What a command line asks for: something to run, or a text to show. */
export type Parsed = { readonly invocation: Invocation } | { readonly text: string };

/**
 * Understands a command line.
 * @param argv without the program's name.
 * @throws Failure saying what is wrong with it, and what was probably meant.
 */
export async function parseCommandLine(commands: readonly AnyCommand[], argv: readonly string[]): Promise<Parsed> {
  if (argv[0] === "help") return await parseCommandLine(commands, [...argv.slice(1), "--help"]);
  const found: Found = {};
  const program = bareProgram("talosctl");
  // Only what is named is made known to the library: all verbs with all flags take longer than what most of them do.
  addCommands({ program, path: "talosctl", commands, words: new Set(argv), found });
  try {
    await program.parseAsync(spellBooleans(hoistGlobalFlags(argv, commands), commands), { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode !== 0 && found.text === undefined) throw commandLineFailure(thrown);
  }
  if (found.invocation !== undefined) return { invocation: found.invocation };
  return { text: found.text ?? "" };
}

interface Family {
  readonly program: Program;
  /** How it is called, from the first word on. */
  readonly path: string;
  readonly commands: readonly AnyCommand[];
  /** What was typed. */
  readonly words: ReadonlySet<string>;
  readonly found: Found;
}

function addCommands({ program, path, commands, words, found }: Family): void {
  const overview: HelpPage = { path, kind: "family", commands };
  setHelp(program, overview, found);
  program.allowExcessArguments(true).action(() => {
    const [unknown] = program.args;
    if (unknown !== undefined) throw unknownCommand(path, unknown, commands);
    found.text = help(overview);
  });
  for (const command of commands) {
    const { name, aliases = [] } = command;
    if (![name, ...aliases].some((word) => words.has(word))) continue;
    const child = bareProgram(name).aliases([...aliases]);
    const childPath = `${path} ${name}`;
    if (isFamily(command)) addCommands({ program: child, path: childPath, commands: command.commands, words, found });
    else addVerb(child, command, childPath, found);
    program.addCommand(child);
  }
}

interface Found {
  invocation?: Invocation;
  text?: string;
}

function addVerb(program: Program, command: Command, path: string, found: Found): void {
  setHelp(program, { path, kind: "verb", command }, found);
  const names = Object.keys(command.args);
  for (const [name, argument] of Object.entries<Argument>(command.args))
    program.argument(argumentSyntax(name, argument));
  addFlags(program, command.flags);
  if (command.remote) addFlags(program, globalFlags);
  program.action((...given: readonly unknown[]) => {
    const texts = program.opts<Record<string, unknown>>();
    found.invocation = {
      command,
      args: Object.fromEntries(names.map((name, index) => [name, given[index]])),
      flags: readFlags(command.flags, texts),
      global: readFlags(globalFlags, command.remote ? texts : {}),
    };
  });
}

function addFlags(program: Program, flags: Flags): void {
  for (const [key, flag] of Object.entries<Flag>(flags)) {
    const long = flagName(key);
    const names = `${flag.short === undefined ? "" : `-${flag.short}, `}--${long}`;
    if (flag.kind === "boolean") {
      program.addOption(new Option(names));
      program.addOption(new Option(`--no-${long}`).hideHelp());
      continue;
    }
    const collect = (text: string, before: unknown) => [...(Array.isArray(before) ? before : []), text];
    program.addOption(new Option(`${names} <value>`).argParser(collect));
  }
}

/** A program that neither prints nor exits: both are main's. */
const bareProgram = (name: string): Program =>
  new Program(name)
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined, outputError: () => undefined })
    .showSuggestionAfterError(true)
    .allowExcessArguments(false);

/** Our own page instead of the library's: groups, examples, and defaults as people read them. */
function setHelp(program: Program, page: HelpPage, found: Found): void {
  program.helpInformation = () => {
    found.text = help(page);
    return found.text;
  };
}

const argumentSyntax = (name: string, { presence }: Argument): string =>
  ({ required: `<${name}>`, optional: `[${name}]`, variadic: `[${name}...]` })[presence];

function unknownCommand(path: string, word: string, commands: readonly AnyCommand[]): Failure {
  const names = commands.filter(({ hidden }) => !hidden).flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const meant = suggest(word, names);
  return new Failure(`Cannot run "${path} ${word}": there is no such command`, {
    hint: meant === undefined ? `To see them all: ${path} --help` : `Did you mean "${path} ${meant}"?`,
  });
}

/** The library's message in our words: what cannot be done, then what was probably meant. */
function commandLineFailure({ message }: CommanderError): Failure {
  const [first = "", second] = message.replace(/^error: /, "").split("\n");
  const meant = second === undefined ? undefined : /\(Did you mean (?:one of )?([^?)]*)\??\)/.exec(second)?.[1];
  const hint = meant === undefined ? "To see what a command takes, add --help" : `Did you mean ${meant}?`;
  const reason = first.replaceAll("'", '"').replace(/\.$/, "").replace(/\. E/, "; e");
  return new Failure(`Cannot understand the command line: ${reason}`, { hint });
}
