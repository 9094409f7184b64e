import { expect, test } from "bun:test";
import { listDisks } from "../../block/disks.ts";
import { volumeStatusOf } from "./volume-status.ts";

test("a volume says what it is made of, and how large it is", () => {
  expect(volumeStatusOf("/var", "/var")).toEqual({ phase: "ready", type: "directory", mountLocation: "/var" });
  expect(volumeStatusOf("tmpfs", "/var")).toMatchObject({ phase: "ready", type: "tmpfs" });
  const [disk] = listDisks();
  if (disk === undefined)
    return expect(volumeStatusOf("/dev/none", "/var")).toMatchObject({ size: 0, prettySize: "0 B" });
  const status = volumeStatusOf(disk.device, "/var");
  expect(status).toMatchObject({ phase: "ready", type: "disk", location: disk.device, size: disk.sizeBytes });
  expect(status.prettySize).toMatch(/^[\d.]+ [kMGTP]?B$/);
});
