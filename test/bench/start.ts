import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostnameStatus } from "../../src/resources/network/hostname-status.ts";
import { serveState } from "./get.ts";
import { percentile, type Report } from "./report.ts";

const starts = 21;
const goalMs = 20;

/** How long talosctl's starts take, beside that of an empty program which is compiled the same way: Bun's own share. */
export async function startReport(talosctl: string): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), "bench-start-"));
  try {
    await using served = await serveState();
    await served.state.create(HostnameStatus, "hostname", { hostname: "n1", domainname: "" });
    const commands = {
      "an empty program": [await compileEmpty(directory)],
      "talosctl --help": [talosctl, "--help"],
      "talosctl get --help": [talosctl, "get", "--help"],
      "talosctl get hostnamestatus": [talosctl, "--talosconfig", served.talosconfig, "get", "hostnamestatus"],
    };
    const all = await alternate(Object.values(commands));
    const floor = all[0] ?? nothing;
    const figures = Object.keys(commands).flatMap((name, index) => {
      const { wallMs, cpuMs } = all[index] ?? nothing;
      const goal = name === "talosctl --help" ? { goal: goalMs } : {};
      return [
        { name, value: wallMs, unit: "ms", ...goal },
        { name: `${name}, processor time`, value: cpuMs, unit: "ms" },
        ...(index === 0 ? [] : [{ name: `${name}, in empty programs`, value: cpuMs / floor.cpuMs, unit: "" }]),
      ];
    });
    return { title: `Starts, median of ${starts}, alternating`, figures };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function compileEmpty(directory: string): Promise<string> {
  const source = join(directory, "empty.ts");
  const outfile = join(directory, "empty");
  await Bun.write(source, "export {};\n");
  const flags = ["--compile", "--minify", "--bytecode", "--format=esm", `--outfile=${outfile}`];
  const child = Bun.spawn([process.execPath, "build", ...flags, source], { stdout: "ignore", stderr: "inherit" });
  if ((await child.exited) !== 0) throw new Error("Cannot compile an empty program");
  return outfile;
}

interface Start {
  readonly wallMs: number;
  /** Of the process, user and system: a busy host changes it little. */
  readonly cpuMs: number;
}

const nothing: Start = { wallMs: Number.NaN, cpuMs: Number.NaN };

/** The medians of each command, each in its turn so that all meet the same host. */
async function alternate(commands: readonly (readonly string[])[]): Promise<Start[]> {
  const taken = commands.map((): Start[] => []);
  for (let start = 0; start < starts; start += 1) {
    for (const [index, command] of commands.entries()) {
      const startMs = performance.now();
      const child = Bun.spawn([...command], { stdout: "ignore", stderr: "inherit" });
      const code = await child.exited;
      if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
      const cpuMs = Number(child.resourceUsage()?.cpuTime.total) / 1_000;
      taken[index]?.push({ wallMs: performance.now() - startMs, cpuMs });
    }
  }
  const median = (values: readonly number[]) => percentile(values, 0.5);
  return taken.map((list) => ({
    wallMs: median(list.map(({ wallMs }) => wallMs)),
    cpuMs: median(list.map(({ cpuMs }) => cpuMs)),
  }));
}
