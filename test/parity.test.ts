import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readYaml, toPlain } from "../src/config/yaml.ts";
import { runTalosctl } from "../src/talosctl/testing/machine.ts";
import { bootMachine, run, type TestMachine } from "./machine/machine.ts";
import { variants } from "./parity/variants.ts";
import { eventually } from "./support/eventually.ts";

/**
 * Configs of ours before the public client and of the public client before ours. Needs its binary:
 * `TALOSCTL_PUBLIC=/path/to/talosctl PARITY_VARIANTS=50 bun test test/parity.test.ts`.
 */
const { TALOSCTL_PUBLIC: binary = "", PARITY_VARIANTS: count = "8" } = process.env;
const modes = ["metal", "cloud", "container"] as const;
const types = ["controlplane", "worker"] as const;

describe.if(binary !== "")("the public client, of a cluster's configs,", () => {
  let directory: string;
  const at = (name: string) => join(directory, name);
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "parity-"));
    expect((await run([binary, "gen", "secrets", "-o", at("new.yaml")])).code).toBe(0);
    expect((await runTalosctl(["gen", "secrets", "-o", at("old.yaml"), "--talos-version", "v1.2"])).status).toBe(0);
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each(variants(Number(count)).map((flags) => [flags]))(
    "makes the same of %p, and both judge it alike",
    async (flags) => {
      const version = flags[flags.lastIndexOf("--talos-version") + 1] ?? "";
      const isOld = /^v1\.[0-2]$/.test(version);
      const secrets = at(isOld ? "old.yaml" : "new.yaml");
      for (const type of types) {
        const argv = [
          "gen",
          "config",
          "demo",
          "https://10.5.0.2:6443",
          "--with-secrets",
          secrets,
          "-t",
          type,
          ...flags,
        ];
        const [ours, theirs] = [at(`ours-${type}.yaml`), at(`theirs-${type}.yaml`)];
        expect(await runTalosctl([...argv, "-o", ours, "--force"])).toMatchObject({ status: 0 });
        expect(await run([binary, ...argv, "-o", theirs, "--force"])).toMatchObject({ code: 0 });
        expect(await comparable(ours)).toEqual(await comparable(theirs));
        for (const mode of modes) {
          const check = ["validate", "-m", mode, "-c"];
          const verdicts = [ours, theirs].map(async (file) => {
            const [theirVerdict, ourVerdict] = [
              await run([binary, ...check, file]),
              await runTalosctl([...check, file]),
            ];
            expect({ mode, ours: ourVerdict.status, why: ourVerdict.error + theirVerdict.stderr }).toMatchObject({
              ours: theirVerdict.code,
            });
          });
          await Promise.all(verdicts);
        }
      }
    },
    300_000,
  );
});

const minutes = (count: number) => count * 60_000;
const isRoot = process.getuid?.() === 0 && process.platform === "linux";

describe.if(binary !== "" && isRoot)("the public client, of a machine,", () => {
  let machine: TestMachine;
  let talosconfig: string;
  beforeAll(async () => {
    machine = await bootMachine("--provisioner", "container", "--wait-timeout", "8m");
    talosconfig = join(machine.directory, "talosconfig");
  }, minutes(10));
  afterAll(() => machine?.[Symbol.asyncDispose](), minutes(5));

  const ours = async (argv: readonly string[]) => (await runTalosctl([...argv, "--talosconfig", talosconfig])).out;
  const theirs = async (argv: readonly string[]) => (await run([binary, ...argv, "--talosconfig", talosconfig])).stdout;

  test(
    "shows every type of resource as ours does, to the byte",
    async () => {
      const types = (await ours(["get", "rd", "-o", "jsonpath={.spec.type}"])).trim().split("\n");
      expect(types.length).toBeGreaterThan(150);
      for (const type of types) {
        for (const form of ["table", "yaml", "json"]) {
          const argv = ["get", type, "-o", form];
          // What changes all the time may change between two looks.
          await eventually(
            async () => [await ours(argv), await theirs(argv), await ours(argv)].map(comparableJson),
            ([before, shown, after]) => shown === before || shown === after,
          );
        }
      }
    },
    minutes(45),
  );
});

/** The public client takes labels that look like numbers for numbers, in JSON. */
const comparableJson = (text: string): string => text.replace(/^( +"talos.dev\/[\w-]+": )"(\d+)"/gm, "$1$2");

/** What a config says, without what is empty and says nothing. */
async function comparable(file: string): Promise<unknown> {
  const { documents, problems } = readYaml(await Bun.file(file).text());
  expect(problems).toEqual([]);
  return documents.map((document) => withoutEmpty(toPlain(document)));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutEmpty(inner)] as const);
  const kept = entries.filter(([, inner]) => !["{}", "[]"].includes(JSON.stringify(inner)));
  return Object.fromEntries(kept);
}
