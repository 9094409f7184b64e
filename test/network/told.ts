import { join } from "node:path";
import { run, type TestMachine } from "../machine/machine.ts";
import { resources, type ShownResource } from "../machine/resources.ts";
import { eventually } from "../support/eventually.ts";

/** Another client that reads the same API, where there is one. */
export const publicClient = process.env.TALOSCTL_PUBLIC;

export const minutes = (count: number): number => count * 60_000;

/** Emulated, a change takes seconds to go all the way; beside others on the same processors, many. */
const patience = { timeoutMs: minutes(5), intervalMs: 1_000 };

/** A booted machine that is told what its network should be, and looked at until it is. */
export interface ToldMachine {
  readonly machine: TestMachine;
  resources(type: string, ...args: readonly string[]): Promise<Map<string, ShownResource>>;
  idsOf(type: string, ...args: readonly string[]): Promise<string[]>;
  /** Lays a patch over the config. @param flags instead of `--mode no-reboot` */
  patch(text: string, ...flags: readonly string[]): Promise<string>;
  /** Until a resource is as it is said. */
  until(type: string, id: string, spec: object): Promise<ShownResource["spec"]>;
  untilGone(type: string, id: string): Promise<unknown>;
  /** Until the log has a line like this, which it returns. */
  untilLogged(wanted: RegExp): Promise<string>;
  /** Until a command's answer is like this. */
  untilAnswer(wanted: RegExp, ...args: readonly string[]): Promise<string>;
  /** What the other client prints. */
  theirs(...args: readonly string[]): Promise<string>;
  /** Until both clients print the same: between two looks something may change. */
  untilSameToBoth(...args: readonly string[]): Promise<unknown>;
}

/** @param booted the machine, which is there only once tests run */
export function toldMachine(booted: () => TestMachine): ToldMachine {
  const told: ToldMachine = {
    get machine() {
      return booted();
    },
    resources: (type, ...args) => resources(booted(), type, ...args),
    idsOf: async (type, ...args) => [...(await told.resources(type, ...args)).keys()],
    patch: (text, ...flags) =>
      booted().ask("patch", "machineconfig", "-p", text, ...(flags.length > 0 ? flags : ["--mode", "no-reboot"])),
    until: (type, id, spec) =>
      eventually(
        async () => (await told.resources(type)).get(id)?.spec,
        (now) => Bun.deepMatch(spec, now ?? {}),
        patience,
      ),
    untilGone: (type, id) =>
      eventually(
        () => told.idsOf(type),
        (ids) => !ids.includes(id),
        patience,
      ),
    async untilLogged(wanted) {
      const lineOf = (log: string) => log.split("\n").find((line) => wanted.test(line));
      const log = await eventually(
        () => booted().ask("dmesg"),
        (text) => lineOf(text) !== undefined,
        patience,
      );
      return lineOf(log) ?? "";
    },
    untilAnswer: (wanted, ...args) =>
      eventually(
        () => booted().ask(...args),
        (answer) => wanted.test(answer),
        patience,
      ),
    async theirs(...args) {
      const argv = [publicClient ?? "", "--talosconfig", join(booted().directory, "talosconfig"), ...args];
      return (await run(argv)).stdout;
    },
    untilSameToBoth: (...args) =>
      eventually(
        async () => [await told.theirs(...args), await booted().ask(...args)],
        ([theirs, ours]) => theirs === ours && ours !== "",
        patience,
      ),
  };
  return told;
}

/** One document of the patch language. */
export const document = (kind: string, fields: string): string =>
  `---\napiVersion: v1alpha1\nkind: ${kind}\n${fields}\n`;
