import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeWith } from "../../cosi/testing.ts";
import { readSmbios } from "../../platform/smbios.ts";
import { SystemInformation } from "../../resources/hardware/system-information.ts";
import { PlatformMetadata } from "../../resources/runtime/platform-metadata.ts";
import { platformMetadataController } from "../runtime/platform-metadata.ts";
import { systemInformationController } from "./system-information.ts";

test("what the firmware says is a resource, and the platform's name for the machine", async () => {
  const directory = mkdtempSync(join(tmpdir(), "dmi-"));
  writeFileSync(join(directory, "sys_vendor"), "QEMU\n");
  writeFileSync(join(directory, "product_uuid"), "0A1B\n");
  const smbios = () => readSmbios(directory);
  await using runtime = await runtimeWith(
    systemInformationController({ smbios }),
    platformMetadataController({ platform: "metal", hostname: undefined }),
  );
  const { spec } = await runtime.eventually(SystemInformation, "systeminformation");
  expect(spec).toMatchObject({ manufacturer: "QEMU", uuid: "0a1b", serialnumber: "" });
  const metadata = await runtime.eventually(
    PlatformMetadata,
    "platformmetadata",
    (each) => each.spec.instanceId === "0a1b",
  );
  expect(metadata.spec.platform).toBe("metal");
  rmSync(directory, { recursive: true });
});
