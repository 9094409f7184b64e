import { plain } from "../../src/config/markdown.ts";
import type { Argument } from "../../src/talosctl/argument.ts";
import { commands } from "../../src/talosctl/catalog.ts";
import { type AnyCommand, type Command, isFamily } from "../../src/talosctl/command.ts";
import { argumentUsage, flagUsage } from "../../src/talosctl/command-line/help.ts";
import type { Flag, Flags } from "../../src/talosctl/flag.ts";
import { globalFlags } from "../../src/talosctl/global-flags.ts";
import { anchor, blocks, code, fence, link, type Page, sentence, table } from "./markdown.ts";

interface Verb {
  /** `talosctl config add`. */
  readonly path: string;
  readonly command: Command;
}

/** Every command of talosctl, with its arguments, flags and examples. */
export function cliPage(): Page {
  const verbs = verbsOf("talosctl", commands);
  const text = blocks(
    "# talosctl",
    "What `talosctl <command> --help` says, in one place. Commands that talk to machines take the [common flags](#common-flags) besides their own.",
    table(
      ["Command", "What it does"],
      verbs.map(({ path, command }) => [link(code(path), `#${anchor(path)}`), command.summary]),
    ),
    "## Common flags",
    flagTable(globalFlags),
    ...verbs.map(verbSection),
  );
  return { path: "cli.md", text };
}

const verbsOf = (path: string, list: readonly AnyCommand[]): Verb[] =>
  list
    .filter(({ hidden }) => !hidden)
    .flatMap((entry) => {
      const own = `${path} ${entry.name}`;
      return isFamily(entry) ? verbsOf(own, entry.commands) : [{ path: own, command: entry as Command }];
    });

function verbSection({ path, command }: Verb): string {
  const parameters = Object.entries<Argument>(command.args);
  const { aliases = [] } = command;
  return blocks(
    `## ${path}`,
    plain(sentence(command.summary)),
    plain(command.description?.replaceAll("\n", " ") ?? ""),
    fence("sh", [path, ...parameters.map(([name, argument]) => argumentUsage(name, argument)), "[flags]"].join(" ")),
    aliases.length === 0 ? undefined : `Also: ${aliases.map(code).join(", ")}. `.trim(),
    parameters.length === 0
      ? undefined
      : table(
          ["Argument", "What it is"],
          parameters.map(([name, argument]) => [code(argumentUsage(name, argument)), argument.doc]),
        ),
    flagTable(command.flags),
    command.remote ? undefined : "It takes no common flags.",
    fence("sh", command.examples.join("\n")),
  ).trimEnd();
}

function flagTable(flags: Flags): string | undefined {
  const shown = Object.entries<Flag>(flags).filter(([, { hidden }]) => !hidden);
  if (shown.length === 0) return undefined;
  const rows = shown.map(([key, flag]) => [
    code(flagUsage(key, flag)),
    flag.defaultText === "" ? "" : code(flag.defaultText),
    flag.doc,
  ]);
  return table(["Flag", "Default", "What it does"], rows);
}
