import { mkdirSync, readFileSync, writeSync } from "node:fs";
import { mount } from "../../src/linux/mount.ts";
import { loadNamedModule } from "../../src/machined/boot/named-module.ts";

// PID 1 of a virtual machine that has nothing but the kernel of the image, its modules and Bun: runs the test files of
// /cases, and says on the console how it went. The guest has no disk and no network but what the tests make.

mount({ source: "proc", target: "/proc", type: "proc" });
mount({ source: "sysfs", target: "/sys", type: "sysfs" });
for (const path of ["/dev/shm", "/tmp", "/run"]) mkdirSync(path, { recursive: true });

try {
  const { modules, cases } = JSON.parse(readFileSync("/cases/plan.json", "utf8"));
  for (const [name = "", ...parameters] of modules) await loadNamedModule({ name, parameters });
  const argv = [process.execPath, "test", "--timeout", "120000", ...cases];
  const env = { ...process.env, TEST_PATIENCE: "10" };
  const tests = Bun.spawn(argv, { cwd: "/cases", env, stdio: ["ignore", "inherit", "inherit"] });
  writeSync(1, `\ncases ended: ${await tests.exited}\n`);
} catch (thrown) {
  writeSync(1, `\n${thrown}\ncases ended: -1\n`);
}
// Whoever reads the console switches us off: PID 1 must not end, and what it wrote has to get out first.
setInterval(() => {}, 3_600_000);
