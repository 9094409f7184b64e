import { expect, test } from "bun:test";
import fc from "fast-check";
import { methods } from "../proto/methods.ts";
import { requireMaintenanceMethod } from "./maintenance.ts";
import { Code, StatusError } from "./status.ts";

const refusalOf = (path: string): StatusError | undefined => {
  try {
    requireMaintenanceMethod(path);
    return undefined;
  } catch (thrown) {
    return thrown instanceof StatusError ? thrown : new StatusError(Code.internal, String(thrown));
  }
};

test("strangers may call these methods of all that there are, and no other", () => {
  const open = Object.keys(methods).filter((name) => refusalOf(`/${name}`) === undefined);
  expect(open.toSorted()).toEqual([
    // The state refuses writes to whoever asks, in words of its own.
    "cosi.resource.State/Create",
    "cosi.resource.State/Destroy",
    "cosi.resource.State/Get",
    "cosi.resource.State/List",
    "cosi.resource.State/Update",
    "cosi.resource.State/Watch",
    "machine.MachineService/ApplyConfiguration",
    "machine.MachineService/GenerateConfiguration",
    "storage.StorageService/BlockDeviceWipe",
    "storage.StorageService/Disks",
  ]);
});

test("refusals are those that clients know", () => {
  const texts = {
    "machine.MachineService/Reset": "API is not implemented in maintenance mode",
    "machine.MachineService/Dmesg": "method Dmesg not implemented",
    "machine.MachineService/GenerateClientConfiguration":
      "client configuration (talosconfig) can't be generated in the maintenance mode",
    "inspect.InspectService/ControllerRuntimeDependencies": "unknown service inspect.InspectService",
  };
  for (const [path, text] of Object.entries(texts)) {
    expect(refusalOf(path)).toMatchObject({ code: Code.unimplemented, message: text });
  }
});

test("a path that is none is refused like any other", () =>
  fc.assert(
    fc.property(fc.string(), (path) => {
      fc.pre(!Object.hasOwn(methods, path.replace(/^\//, "")));
      expect(refusalOf(path)?.code).toBe(Code.unimplemented);
    }),
  ));
