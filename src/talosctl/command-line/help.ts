import type { Argument } from "../argument.ts";
import type { AnyCommand, Command, CommandGroup } from "../command.ts";
import { type Flag, type Flags, flagName } from "../flag.ts";
import { globalFlags } from "../global-flags.ts";

/** What a help page is about. */
export type HelpPage =
  | { readonly kind: "family"; readonly path: string; readonly commands: readonly AnyCommand[] }
  | { readonly kind: "verb"; readonly path: string; readonly command: Command };

const groups: Readonly<Record<CommandGroup, string>> = {
  manage: "Look at and manage machines:",
  offline: "Work with configuration, no machine needed:",
  local: "Run machines on this host:",
  other: "Other commands:",
};

/** The text of a page. */
export const help = (page: HelpPage): string => (page.kind === "family" ? familyHelp(page) : verbHelp(page));

function familyHelp({ path, commands }: { readonly path: string; readonly commands: readonly AnyCommand[] }): string {
  const shown = commands.filter(({ hidden }) => !hidden);
  const isRoot = path === "talosctl";
  const sections = isRoot
    ? (Object.keys(groups) as CommandGroup[]).map((group) => ({
        title: groups[group],
        members: shown.filter((command) => (command.group ?? "other") === group),
      }))
    : [{ title: "Commands:", members: shown }];
  const lines = [`Usage: ${path} <command>`, ""];
  for (const { title, members } of sections) {
    if (members.length === 0) continue;
    const rows = members.map(({ name, summary }) => [name, summary] as const);
    lines.push(title, ...columns(rows), "");
  }
  lines.push(`Type "${path} <command> --help" for what a command takes, with examples.`);
  return `${lines.join("\n")}\n`;
}

function verbHelp({ path, command }: { readonly path: string; readonly command: Command }): string {
  const parameters = Object.entries<Argument>(command.args);
  const usage = [path, ...parameters.map(([name, argument]) => argumentUsage(name, argument)), "[flags]"].join(" ");
  const lines = [command.summary, ""];
  if (command.description !== undefined) lines.push(command.description, "");
  lines.push(`Usage: ${usage}`);
  if ((command.aliases ?? []).length > 0) lines.push(`Also:  ${[command.name, ...(command.aliases ?? [])].join(", ")}`);
  lines.push("");
  if (parameters.length > 0) {
    lines.push("Arguments:", ...columns(parameters.map(([name, { doc }]) => [name, doc])), "");
  }
  const own = flagRows(command.flags);
  if (own.length > 0) lines.push("Flags:", ...columns(own), "");
  if (command.remote) lines.push("Flags of every command:", ...columns(flagRows(globalFlags)), "");
  lines.push("Examples:", ...exampleLines(command.examples));
  return `${lines.join("\n")}\n`;
}

/** How an argument is typed: `<file>`, `[id]`. */
export const argumentUsage = (name: string, { presence }: Argument): string =>
  ({ required: `<${name}>`, optional: `[${name}]`, variadic: `[${name}…]` })[presence];

function flagRows(flags: Flags): (readonly [string, string])[] {
  return Object.entries<Flag>(flags)
    .filter(([, { hidden }]) => !hidden)
    .map(([key, flag]) => {
      const indent = flag.short === undefined ? "    " : "";
      const preset = flag.defaultText === "" ? "" : ` (default ${flag.defaultText})`;
      return [indent + flagUsage(key, flag), flag.doc + preset] as const;
    });
}

/** How a flag is typed: `-o, --output <form>`. */
export function flagUsage(key: string, flag: Flag): string {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  const value = flag.kind === "boolean" ? "" : ` <${flag.words?.join("|") ?? flag.placeholder}>`;
  return `${short}--${flagName(key)}${value}`;
}

function exampleLines(examples: readonly string[]): string[] {
  const parts = examples.map((example) => example.split(/\s+# /) as [string, string?]);
  const width = Math.max(...parts.filter(([, comment]) => comment !== undefined).map(([text]) => text.length), 0);
  return parts.map(([text, comment]) =>
    comment === undefined ? `  ${text}` : `  ${text.padEnd(width)}  # ${comment}`,
  );
}

/** Two columns; a left side that is too long gets a line of its own. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const maximum = 36;
  const width = Math.max(0, ...rows.map(([left]) => left.length).filter((length) => length <= maximum));
  return rows.flatMap(([left, right]) =>
    left.length > maximum ? [`  ${left}`, `  ${" ".repeat(width)}  ${right}`] : [`  ${left.padEnd(width)}  ${right}`],
  );
}
