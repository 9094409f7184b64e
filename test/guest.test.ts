import { expect, test } from "bun:test";
import { join } from "node:path";
import { type GuestPlan, runInGuest } from "./guest/guest.ts";

// What this host's kernel may lack, the image's has.

const at = (path: string) => join(import.meta.dir, path);
const veth = ["veth"];

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
])(
  "%s are made, changed and removed on the image's kernel",
  async (_, plan, count) => {
    const { code, output } = await runInGuest(plan);
    expect(code === 0 ? "" : output).toBe("");
    expect(Number(/^\D* (\d+) pass\b/m.exec(Bun.stripANSI(output))?.[1])).toBe(count);
  },
  420_000,
);
