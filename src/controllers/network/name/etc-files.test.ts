import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testConfig } from "../../../config/testing.ts";
import { inMountNamespace } from "../../../linux/testing/namespace.ts";
import { EtcFileSpec } from "../../../resources/files/etc-file-spec.ts";
import { EtcFileStatus } from "../../../resources/files/etc-file-status.ts";
import { etcFileController } from "../../files/etc-file.ts";
import { configure, machineWith } from "../../testing.ts";
import { networkFilesController } from "./etc-files.ts";

const hosts = 40;
const lineOf = (index: number) => `10.5.1.${100 + index} host-${index}`;
const configOf = (count: number) => {
  const documents = Array.from({ length: count }, (_, index) => {
    const [name, hostname] = lineOf(index).split(" ");
    return `---\napiVersion: v1alpha1\nkind: StaticHostConfig\nname: ${name}\nhostnames: [${hostname}]\n`;
  });
  return `${testConfig()}${documents.join("")}`;
};

const textOf = ({ contents }: EtcFileSpec): string => new TextDecoder().decode(contents);

/** Reads again and again until the last host is there, and says what it should not have seen. */
const reader = (path: string) => `
  const { readFileSync } = require("node:fs");
  const known = new Set(${JSON.stringify([
    ...["127.0.0.1 localhost", "10.0.2.15 node-1", "::1 localhost ip6-localhost ip6-loopback"],
    ...["ff02::1 ip6-allnodes", "ff02::2 ip6-allrouters"],
    ...Array.from({ length: hosts }, (_, index) => lineOf(index)),
  ])});
  let [reads, fewest, last] = [0, 0, ""];
  console.log("reading");
  while (!last.includes(${JSON.stringify(lineOf(hosts - 1))})) {
    last = readFileSync(${JSON.stringify(path)}, "utf8");
    reads += 1;
    const lines = last.split("\\n").filter((line) => line !== "");
    const strange = lines.find((line) => !known.has(line));
    if (strange !== undefined) throw new Error("half a line: " + strange);
    if (lines.length < fewest) throw new Error("lines are missing: " + last);
    fewest = lines.length;
  }
  console.log(reads);
`;

test("whoever reads the hosts all the time reads whole lines, and never fewer than before", () =>
  inMountNamespace(async () => {
    const root = mkdtempSync(join(tmpdir(), "hosts-"));
    const etc = join(root, "etc");
    mkdirSync(etc);
    writeFileSync(join(etc, "hosts"), "");
    await using machine = await machineWith(
      { config: configOf(0) },
      etcFileController({ shadow: join(root, "shadow"), etc }),
      networkFilesController({ writePodResolvConf: async () => {} }),
    );
    const path = join(etc, "hosts");
    const written = async (line: string) => {
      const { metadata } = await machine.eventually(EtcFileSpec, "hosts", ({ spec }) => textOf(spec).includes(line));
      await machine.eventually(EtcFileStatus, "hosts", ({ spec }) => spec.specVersion === String(metadata.version));
    };
    await written("10.0.2.15 node-1\n");
    const child = Bun.spawn([process.execPath, "-e", reader(path)], { stdout: "pipe", stderr: "pipe" });
    const output = child.stdout.getReader();
    await output.read();
    for (let count = 1; count <= hosts; count += 1) {
      await configure(machine, configOf(count));
      await written(`${lineOf(count - 1)}\n`);
    }
    expect(await new Response(child.stderr).text()).toBe("");
    expect(await child.exited).toBe(0);
    expect(Number(new TextDecoder().decode((await output.read()).value))).toBeGreaterThan(hosts);
  }));
