import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { testConfig } from "../../config/testing.ts";
import { SeccompProfile } from "../../resources/cri/seccomp-profile.ts";
import { MountStatus } from "../../resources/runtime/mount-status.ts";
import { configure, machineWith } from "../testing.ts";
import { seccompProfileFileController } from "./seccomp-profile-files.ts";
import { seccompProfileController } from "./seccomp-profiles.ts";

const withProfiles = (profiles: unknown) =>
  testConfig().replace(/^machine:\n/m, `machine:\n    seccompProfiles: ${JSON.stringify(profiles)}\n`);
const audit = { name: "audit.json", value: { defaultAction: "SCMP_ACT_LOG" } };
const volume = { source: "tmpfs", target: "/var", filesystemType: "tmpfs", options: [], encrypted: false };

test("the kubelet's directory holds the configured profiles and nothing else, once /var is there", async () => {
  const directory = mkdtempSync(join(tmpdir(), "seccomp-"));
  writeFileSync(join(directory, "stale.json"), "{}");
  const files = async () => readdirSync(directory);
  const quick = { timeoutMs: 15_000, intervalMs: 5 };
  await using machine = await machineWith(
    { config: withProfiles([audit, { name: "../escape", value: {} }]) },
    seccompProfileController(),
    seccompProfileFileController({ directory }),
  );
  expect((await machine.eventually(SeccompProfile, "audit.json")).spec).toEqual(audit);
  await machine.eventually(SeccompProfile, "../escape");
  expect(await files()).toEqual(["stale.json"]);
  await machine.state.create(MountStatus, "EPHEMERAL", volume);
  await eventually(files, (names) => names.join() === "audit.json", quick);
  expect(JSON.parse(readFileSync(join(directory, "audit.json"), "utf8"))).toEqual(audit.value);
  expect(statSync(join(directory, "audit.json")).mode & 0o777).toBe(0o644);
  expect(existsSync(join(directory, "../escape"))).toBe(false);
  expect(machine.logged.filter((line) => line.includes("../escape"))).toHaveLength(1);

  await configure(machine, testConfig());
  await machine.eventuallyGone(SeccompProfile, "audit.json");
  await eventually(files, (names) => names.length === 0, quick);
});
