import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../../errors/message.ts";
import { parseKernelArguments } from "../../../platform/kernel-arguments.ts";
import { platformOf } from "../../../platform/platform.ts";
import { embeddedSource } from "./embedded.ts";
import { sourcesOf } from "./of-platform.ts";
import { savedConfig } from "./saved.ts";
import { volumeSource } from "./volume.ts";

const directory = mkdtempSync(join(tmpdir(), "config-sources-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const { signal } = new AbortController();
const text = "version: v1alpha1\n";

test("an embedded config is read once, and hidden then", async () => {
  const embedded = join(directory, "embedded");
  mkdirSync(embedded);
  expect(await embeddedSource({ path: join(embedded, "config.yaml") }).read({}, signal)).toBeUndefined();
  writeFileSync(join(embedded, "config.yaml"), text);
  const hidden: string[] = [];
  const source = embeddedSource({ path: join(embedded, "config.yaml"), hide: (path) => hidden.push(path) });
  expect([await source.read({}, signal), await source.read({}, signal)]).toEqual([text, text]);
  expect(hidden).toEqual([embedded]);
});

test("a saved config is read after STATE is there; one that is rejected is kept once, for the machine's eyes", async () => {
  const state = join(directory, "state");
  const path = join(state, "config.yaml");
  const saved = savedConfig(async () => mkdirSync(state, { recursive: true }), path);
  expect(await saved.read(signal)).toBeUndefined();
  writeFileSync(path, text);
  expect(await saved.read(signal)).toBe(text);
  const kept = await saved.keepRejected(text);
  expect(await saved.keepRejected(text)).toBe(kept);
  expect(readdirSync(state)).toHaveLength(2);
  expect(readFileSync(kept, "utf8")).toBe(text);
  expect(statSync(kept).mode & 0o777).toBe(0o600);
});

const access = {
  volumes: { loadDrivers: async () => {} },
  seedPlace: { url: undefined, hostname: undefined, instanceId: undefined },
};

test("a machine looks where its platform and its arguments say, in order", async () => {
  const names = (text: string) => sourcesOf(platformOf(parseKernelArguments(text)), access).map(({ place }) => place);
  const embedded = "/usr/local/etc/talos/config.yaml";
  expect(names("")).toEqual([embedded]);
  expect(names("talos.config=none")).toEqual([embedded]);
  expect(names("talos.config.inline=YQ== talos.config=http://h/c")).toEqual([
    ...[embedded, "http://h/c", "talos.config.inline"],
  ]);
  expect(names("talos.config=metal-iso")).toEqual([embedded, "metal-iso:config.yaml"]);
  // Out there nobody's config is taken for want of another.
  const [, cloud] = sourcesOf(platformOf(parseKernelArguments("talos.platform=gcp")), access);
  const refused = await cloud?.read({}, signal).catch(messageOf);
  expect(refused).toStartWith("Cannot ask the platform gcp");
  expect(names("talos.platform=gcp talos.config.inline=YQ==")).toEqual([embedded, "talos.config.inline"]);
  expect(names("talos.platform=nocloud talos.config.inline=YQ==")).toEqual([
    ...[embedded, "nocloud's user data", "talos.config.inline"],
  ]);
});

test("a volume that is not there is told with what to attach", async () => {
  const blank = join(directory, "blank");
  writeFileSync(blank, new Uint8Array(64 * 1_024));
  const source = volumeSource({ loadDrivers: async () => {}, devices: async () => [blank, "/no/such/device"] });
  const failure = await source.read({}, signal).catch((thrown) => thrown);
  expect(failure.message).toContain('no volume has the label "metal-iso"');
});
