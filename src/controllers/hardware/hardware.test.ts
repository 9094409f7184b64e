import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeWith } from "../../cosi/testing.ts";
import { readSmbios } from "../../platform/smbios.ts";
import { SystemInformation } from "../../resources/hardware/system-information.ts";
import { MetaKey } from "../../resources/runtime/meta-key.ts";
import { systemInformationController } from "./system-information.ts";

test("what the firmware says is a resource, and META's UUID comes before its own", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dmi-"));
  writeFileSync(join(directory, "sys_vendor"), "QEMU\n");
  writeFileSync(join(directory, "product_uuid"), "0A1B\n");
  const smbios = () => readSmbios(directory);
  await using runtime = await runtimeWith(systemInformationController({ smbios }));
  const { spec } = await runtime.eventually(SystemInformation, "systeminformation");
  expect(spec).toMatchObject({ manufacturer: "QEMU", uuid: "0a1b", serialnumber: "" });
  await runtime.state.create(MetaKey, "0x0f", { value: "its-own" });
  await runtime.eventually(SystemInformation, "systeminformation", (each) => each.spec.uuid === "its-own");
  rmSync(directory, { recursive: true });
});
