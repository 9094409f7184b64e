import { readdirSync, readFileSync } from "node:fs";
import { startReaper } from "../reaper.ts";
import { createSpawner } from "../spawner/spawner.ts";

// Runs as PID 1 of a pid namespace, for reaper.test.ts: reaps a burst of orphans while its own children come and go.
// Arguments: the program that leaves orphans, how many, how many children of ours.

const [program = "", orphans = "0", children = "0"] = process.argv.slice(2);
const expected = Number(orphans);

let reaped = 0;
const all = Promise.withResolvers<void>();
using _ = startReaper(() => {
  reaped += 1;
  if (reaped === expected) all.resolve();
});

using spawner = await createSpawner({ drop: "module-and-boot" });
const started = await spawner.spawn({ argv: [program, orphans] });
const statuses = Array.from({ length: Number(children) }, async (_, index) => {
  const code = index % 100;
  const child = await spawner.spawn({ argv: ["/bin/sh", "-c", `exit ${code}`] });
  await child.output.cancel();
  return (await child.exited).code === code;
});
const right = (await Promise.all(statuses)).filter(Boolean).length;
const { code } = await started.exited;
await all.promise;

const zombies = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isZombie(pid)).length;
process.stdout.write(JSON.stringify({ pid: process.pid, code, reaped, right, zombies }));
process.exit(0);

function isZombie(pid: string): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false; // it has gone since the listing
  }
}
