import { expect, test } from "bun:test";
import { commands } from "../catalog.ts";
import { type AnyCommand, type Command, isFamily } from "../command.ts";
import { type Invocation, parseCommandLine } from "./program.ts";

async function invoke(line: string): Promise<Invocation> {
  const parsed = await parseCommandLine(commands, line.split(" "));
  if ("text" in parsed) throw new Error(`only a text: ${parsed.text}`);
  return parsed.invocation;
}

test("lists are split by commas and swallow nothing that follows", async () => {
  const { command, args, global } = await invoke("-n a,b -nc logs kubelet");
  expect(command.name).toBe("logs");
  expect(args).toEqual({ id: "kubelet" });
  expect(global.nodes).toEqual(["a", "b", "c"]);
});

test("flags may come before, between and after", async () => {
  const { args, flags } = await invoke("service --nodes=a kubelet restart --endpoints b");
  expect(args).toEqual({ id: "kubelet", action: "restart" });
  expect(flags).toEqual({});
});

test("global flags may stand before the verb, and between a family and its verb", async () => {
  expect((await invoke("--talosconfig=x --context y config -e z info")).global).toMatchObject({
    ...{ talosconfig: "x", context: "y", endpoints: ["z"] },
  });
});

test("numbers may be negative, booleans may be spelled out", async () => {
  expect((await invoke("logs -f --tail -1 x")).flags).toEqual({ follow: true, tail: -1, kubernetes: false });
  expect((await invoke("reboot --wait=false")).flags).toMatchObject({
    wait: false,
    timeout: 1_800_000,
    mode: "default",
  });
  expect((await invoke("reboot --wait=true --timeout 90s")).flags).toMatchObject({ wait: true, timeout: 90_000 });
});

test("aliases find their verb", async () => {
  expect((await invoke("ls /etc")).command.name).toBe("list");
  expect((await invoke("services")).command.name).toBe("service");
  expect((await invoke("config endpoints a b")).args).toEqual({ endpoints: ["a", "b"] });
});

test.each([
  ["memry", 'Cannot run "talosctl memry": there is no such command', 'Did you mean "talosctl memory"?'],
  [
    "config contxt",
    'Cannot run "talosctl config contxt": there is no such command',
    'Did you mean "talosctl config context"?',
  ],
  ["-n a --context x memry --now", 'Cannot run "talosctl memry": there is no such command', undefined],
  ["logs", 'Cannot understand the command line: missing required argument "id"', undefined],
  ["logs --folow x", 'Cannot understand the command line: unknown option "--folow"', "Did you mean --follow?"],
  ["logs --tail many x", 'Cannot use --tail "many": expected a whole number', undefined],
  ["reboot --mode warm", 'Cannot use --mode "warm": expected one of default, powercycle, force', undefined],
])("%s is refused with what was meant", async (line, message, hint) => {
  const failure = invoke(line);
  expect(failure).rejects.toThrow(message);
  if (hint !== undefined) expect(failure).rejects.toMatchObject({ hint });
  await failure.catch(() => undefined);
});

const verbs = (list: readonly AnyCommand[], path: readonly string[] = []): [readonly string[], Command][] =>
  list.flatMap((entry) =>
    isFamily(entry)
      ? verbs(entry.commands, [...path, entry.name])
      : [[[...path, entry.name], entry] as [string[], Command]],
  );

test("every verb has a page with its summary, its flags and an example", async () => {
  for (const [path, command] of verbs(commands)) {
    const parsed = await parseCommandLine(commands, [...path, "--help"]);
    const text = "text" in parsed ? parsed.text : "";
    expect(text).toStartWith(command.summary);
    expect(text).toContain(`Usage: talosctl ${path.join(" ")}`);
    expect(text).toMatch(/Examples:\n {2}\S/);
    expect(command.summary).not.toMatch(/\.$/);
  }
});

test("every example is understood", async () => {
  for (const [, command] of verbs(commands)) {
    for (const example of command.examples) {
      const line =
        example
          .split(/ # | \| | > /)[0]
          ?.replace(/^.*?talosctl /, "")
          .replace(/\)$/, "") ?? "";
      const words = line.match(/'[^']*'|"[^"]*"|\S+/g)?.map((word) => word.replace(/^(['"])(.*)\1$/, "$2")) ?? [];
      if (words.includes("<")) words.splice(words.indexOf("<"));
      const parsed = await parseCommandLine(commands, words);
      expect("invocation" in parsed ? parsed.invocation.command.name : example).toBe(command.name);
    }
  }
});

test("help before a verb is its help", async () => {
  expect(await parseCommandLine(commands, ["help"])).toEqual(await parseCommandLine(commands, ["--help"]));
  expect(await parseCommandLine(commands, ["help", "config", "add"])).toEqual(
    await parseCommandLine(commands, ["config", "add", "--help"]),
  );
});
