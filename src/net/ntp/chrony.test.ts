import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { inNetworkNamespace } from "../../linux/testing/namespace.ts";
import { Rtnetlink } from "../../netlink/rtnetlink/rtnetlink.ts";
import { queryTime } from "./query.ts";

/** Not installed for the sake of this test: its package would begin to keep the developer's clock. */
const chronyd = Bun.which("chronyd");

const configuration = (directory: string) => `
local stratum 3
allow 127.0.0.0/8
bindaddress 127.0.0.1
cmdport 0
pidfile ${directory}/pid
driftfile ${directory}/drift
`;

test.skipIf(chronyd === null || process.getuid?.() !== 0)("chrony tells the time", async () => {
  const directory = mkdtempSync(join(tmpdir(), "chrony-"));
  await inNetworkNamespace(async () => {
    using rtnetlink = new Rtnetlink();
    rtnetlink.setLinkUp("lo");
    writeFileSync(join(directory, "conf"), configuration(directory));
    // -x: it leaves the clock alone.
    const flags = ["-x", "-d", "-u", "root", "-f", join(directory, "conf")];
    const server = Bun.spawn([chronyd ?? "", ...flags], { stdout: "ignore", stderr: "ignore" });
    try {
      const measured = await eventually(
        () => queryTime("127.0.0.1", { timeoutMs: 1_000 }),
        () => true,
        { timeoutMs: 10_000, intervalMs: 20 },
      );
      expect(measured.stratum).toBe(3);
      expect(Math.abs(measured.offsetMs)).toBeLessThan(50);
    } finally {
      server.kill();
      await server.exited;
    }
  });
  rmSync(directory, { recursive: true });
});
