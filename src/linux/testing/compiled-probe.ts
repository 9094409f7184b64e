import { readdirSync, readFileSync } from "node:fs";
import { createSpawner } from "../spawner/spawner.ts";

// Compiled into a binary by compiled.test.ts, which proves there that the spawner's Worker is found, and that the
// binary itself starts in the confinement its services get.

if (process.argv[2] === "confined") {
  const bounding = /CapBnd:\s*(\w+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  process.stdout.write(JSON.stringify({ uid: process.getuid?.(), bounding, root: readdirSync("/").sort() }));
} else {
  const libraries = ["/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1"];
  const paths = [
    ...libraries.map((source) => ({ source, optional: true })),
    { source: process.execPath, target: "/sbin/apid" },
  ];
  using spawner = await createSpawner({ drop: "all", confine: { paths } });
  const child = await spawner.spawn({ argv: ["/sbin/apid", "confined"], uid: 50, gid: 50 });
  const [output, exit] = await Promise.all([new Response(child.output).text(), child.exited]);
  process.stdout.write(JSON.stringify({ compiled: import.meta.url.includes("$bunfs"), output, exit }));
}
process.exit(0);
