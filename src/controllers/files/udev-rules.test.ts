import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { testConfig } from "../../config/testing.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { configure, machineWith } from "../testing.ts";
import { udevRulesController } from "./udev-rules.ts";

const withRules = (...rules: readonly string[]) =>
  testConfig().replace(/^machine:\n/m, `machine:\n    udev: { rules: ${JSON.stringify(rules)} }\n`);

test("rules are there before udevd is, and are reloaded when they change", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "udev-")), "rules.d/99-talos.rules");
  const reloads: string[] = [];
  const reload = async () => void reloads.push(readFileSync(path, "utf8"));
  const rule = 'SUBSYSTEM=="drm", \\\nMODE="0660"';
  await using machine = await machineWith(
    { config: withRules('KERNEL=="null", SYMLINK+="nothing"', rule.replace("\\\n", "\n")) },
    udevRulesController({ reload, path }),
  );
  const text = `KERNEL=="null", SYMLINK+="nothing"\n${rule}\n`;
  const quick = { timeoutMs: 15_000, intervalMs: 5 };
  await eventually(
    async () => readFileSync(path, "utf8"),
    (content) => content === text,
    quick,
  );
  expect(reloads).toEqual([]);
  await machine.state.create(Service, "udevd", { running: true, healthy: false, unknown: true });
  await eventually(
    async () => reloads,
    ({ length }) => length === 1,
    quick,
  );
  await machine.state.modify(Service, "udevd", () => ({ running: true, healthy: true, unknown: false }));
  await configure(machine, testConfig());
  await eventually(
    async () => reloads,
    ({ length }) => length === 2,
    quick,
  );
  expect(reloads).toEqual([text, ""]);
});
