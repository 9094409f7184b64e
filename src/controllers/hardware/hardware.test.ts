import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeWith } from "../../cosi/testing.ts";
import { readSmbios } from "../../platform/smbios.ts";
import { SystemInformation } from "../../resources/hardware/system-information.ts";
import { systemInformationController } from "./system-information.ts";

test("what the firmware says is a resource", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dmi-"));
  writeFileSync(join(directory, "sys_vendor"), "QEMU\n");
  writeFileSync(join(directory, "product_uuid"), "0A1B\n");
  const smbios = () => readSmbios(directory);
  await using runtime = await runtimeWith(systemInformationController({ smbios }));
  const { spec } = await runtime.eventually(SystemInformation, "systeminformation");
  expect(spec).toMatchObject({ manufacturer: "QEMU", uuid: "0a1b", serialnumber: "" });
  rmSync(directory, { recursive: true });
});
