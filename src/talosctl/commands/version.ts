import { TAG, VERSION } from "../../version.ts";
import { command } from "../command.ts";
import { boolean } from "../flag.ts";

interface VersionInfo {
  readonly tag: string;
  readonly sha: string;
  readonly built: string;
  readonly go_version: string;
  readonly os: string;
  readonly arch: string;
}

const architectures: Readonly<Record<string, string>> = { x64: "amd64" };

/** What this program is, in the words of the API. */
const ours: VersionInfo = {
  tag: TAG,
  sha: `machined-${VERSION}`,
  built: "",
  go_version: `bun${Bun.version}`,
  os: process.platform,
  arch: architectures[process.arch] ?? process.arch,
};

export const version = command({
  name: "version",
  summary: "Show the versions of talosctl and of the machines",
  group: "manage",
  flags: {
    client: boolean({ doc: "Only talosctl's" }),
    short: boolean({ doc: "Only the tag of talosctl" }),
    json: boolean({ doc: "The machines' answers as JSON, one a line", hidden: true }),
    insecure: boolean({ doc: "Ask a machine that has no config yet", short: "i" }),
  },
  examples: [
    "talosctl version",
    "talosctl version --client --short",
    "talosctl version -n 10.0.2.15 --insecure # a machine in maintenance mode",
  ],
  async run({ flags, client, print }) {
    if (!flags.json) await print(`Client:\n${flags.short ? `Talos ${ours.tag}\n` : block(ours)}`);
    if (flags.client) return;
    const machines = await client({ insecure: flags.insecure });
    if (!flags.json) await print("Server:\n");
    for (const { node, message } of await machines.call("machine.MachineService/Version", {})) {
      if (flags.json) await print(`${JSON.stringify(asJson(message))}\n`);
      if (flags.json || message.version == null) continue;
      const features = message.features?.rbac ? [["Enabled", "RBAC"] as const] : [];
      await print(block(message.version, [["NODE", node]], features));
    }
  },
});

/** A message as protobuf's JSON has it: names in camel case, what is empty left out. */
function asJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== "" && inner !== false);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), asJson(inner)]),
  );
}

type Line = readonly [label: string, value: string];

function block(info: VersionInfo, before: readonly Line[] = [], after: readonly Line[] = []): string {
  const lines: readonly Line[] = [
    ...before,
    ["Tag", info.tag],
    ["SHA", info.sha],
    ["Built", info.built],
    ["Go version", info.go_version],
    ["OS/Arch", `${info.os}/${info.arch}`],
    ...after,
  ];
  return lines.map(([label, value]) => `\t${`${label}:`.padEnd(12)} ${value}\n`).join("");
}
