import { expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { methodAt, methods, rolesFor } from "./methods.ts";

/** The rpcs that the .proto files declare: name and kind. */
async function declared(): Promise<Map<string, string>> {
  const root = join(import.meta.dir, "api");
  const found = new Map<string, string>();
  for (const file of (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".proto"))) {
    const text = await readFile(join(root, file), "utf8");
    const domain = /^package (\S+);/m.exec(text)?.[1];
    for (const [, service, body] of text.matchAll(/^service (\w+) \{([^}]*)\}/gm)) {
      for (const [, name, up, down] of (body ?? "").matchAll(/rpc (\w+)\((stream )?[\w.]+\) returns \((stream )?/g)) {
        const kind = up ? (down ? "bidi" : "clientStream") : down ? "serverStream" : "unary";
        found.set(`${domain}.${service}/${name}`, kind);
      }
    }
  }
  return found;
}

test("the table has a row for each rpc of the .proto files, and no others", async () => {
  const rpcs = await declared();
  rpcs.delete("grpc.health.v1.Health/Check"); // served by every server, whatever its API
  rpcs.delete("grpc.health.v1.Health/Watch");
  expect<Record<string, string>>(
    Object.fromEntries(Object.entries(methods).map(([name, { kind }]) => [name, kind])),
  ).toEqual(Object.fromEntries(rpcs));
});

test("a path finds its row with and without its slash", () => {
  expect(methodAt("/machine.MachineService/Version")).toBe(methods["machine.MachineService/Version"]);
  expect(methodAt("machine.MachineService/Version")).toBe(methods["machine.MachineService/Version"]);
  expect(methodAt("/machine.MachineService/toString")).toBeUndefined();
});

test("administrators alone may call what has no row", () => {
  expect(rolesFor("/machine.DebugService/ContainerRun")).toEqual(["os:admin"]);
});

test("no reader may call a method that changes the machine", () => {
  const readable = Object.entries(methods)
    .filter(([, { roles }]) => roles.some((role) => role === "os:reader"))
    .map(([name]) => name.slice(name.indexOf("/") + 1));
  for (const verb of [
    /Reboot/,
    /Shutdown/,
    /Reset/,
    /Upgrade/,
    /^Service(Start|Stop|Restart)/,
    /Write/,
    /Delete/,
    /Wipe/,
    /Apply/,
    /Remove/,
  ])
    expect(readable.filter((name) => verb.test(name))).toEqual([]);
});
