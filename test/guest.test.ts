import { expect, test } from "bun:test";
import { join } from "node:path";
import { type GuestPlan, runInGuest } from "./guest/guest.ts";

// What this host's kernel may lack, the image's has.

const at = (path: string) => join(import.meta.dir, path);
const veth = ["veth"];

const timeoutMs = 1_300_000;

test.each<[string, GuestPlan, number]>([
  [
    "VLANs, bonds, bridges and dummies",
    {
      cases: [at("./guest/link-cases.ts")],
      modules: [["8021q"], ["bonding", "max_bonds=0"], ["bridge"], ["dummy"], veth],
    },
    7,
  ],
  ["tunnels", { cases: [at("./guest/wireguard-cases.ts")], modules: [["wireguard"], veth] }, 2],
])("%s are made, changed and removed on the image's kernel", (_, plan, count) => allPass(plan, count), timeoutMs);

test(
  "who sets the clock is noticed on the image's kernel",
  () => allPass({ cases: [at("./guest/clock-cases.ts")], modules: [] }, 2),
  timeoutMs,
);

async function allPass(plan: GuestPlan, count: number): Promise<void> {
  const { code, output } = await runInGuest(plan);
  expect(code === 0 ? "" : output).toBe("");
  expect(Number(/^\D* (\d+) pass\b/m.exec(Bun.stripANSI(output))?.[1])).toBe(count);
}
