import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { loadNamedModule } from "./named-module.ts";

const list = {
  release: "6.1",
  modules: [
    { name: "ip_vs", path: "/nowhere/ip_vs.ko", group: "optional", dependsOn: [] },
    { name: "ip_vs_rr", path: "/nowhere/ip_vs_rr.ko", group: "optional", dependsOn: ["ip_vs"] },
  ],
  builtIn: ["crc32c_generic"],
} as const;

test("a module that the image lacks is told with what may be meant", async () => {
  const error = await loadNamedModule({ name: "ip-vs-r", parameters: [] }, list).catch((thrown) => thrown);
  expect(error.message).toBe(
    'Cannot load the kernel module "ip-vs-r": the image has none of this name, did you mean "ip_vs_rr"?',
  );
  expect(await loadNamedModule({ name: "../../etc", parameters: [] }, list).catch(({ message }) => message)).toContain(
    "the image has none of this name",
  );
});

test("what the kernel has is there already, and says which parameters come too late", async () => {
  expect(await loadNamedModule({ name: "crc32c-generic", parameters: [] }, list)).toEqual({ loaded: false, late: [] });
  const [present = ""] = readdirSync("/sys/module");
  expect(await loadNamedModule({ name: present, parameters: ["nonsense=1", "../x=1"] }, list)).toEqual({
    loaded: false,
    late: ["nonsense=1", "../x=1"],
  });
});

test("dependencies come first", async () => {
  const error = await loadNamedModule({ name: "ip_vs_rr", parameters: [] }, list).catch((thrown) => thrown);
  expect(error.message).toContain("/nowhere/ip_vs.ko");
});
