import { expect, test } from "bun:test";
import { join } from "node:path";

// The other tests here need the rights of root over a network. A namespace of users gives them to anybody.

const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
const inNamespace = [...(process.getuid?.() === 0 ? asNobody : []), "unshare", "--map-root-user", "--net"];
const tests = ["rtnetlink/rtnetlink.test.ts", "ethtool/ethtool.test.ts", "generic/generic-netlink.test.ts"];
const paths = tests.map((path) => join(import.meta.dir, path));

const isAllowed = () => Bun.spawnSync([...inNamespace, "test", "-r", paths[0] ?? ""]).success;

test.skipIf(!isAllowed())("without root, links, addresses, routes and rules are made in a namespace", () => {
  const which = "links are|addresses are|routes are|rules are|neighbours are|changes are|cable|features|family";
  const { exitCode, stderr } = Bun.spawnSync([...inNamespace, process.execPath, "test", "-t", which, ...paths], {
    env: { PATH: process.env.PATH, HOME: "/nonexistent", NO_COLOR: "1" },
    cwd: join(import.meta.dir, "../.."),
  });
  const output = stderr.toString();
  expect(output).toMatch(/\b11 pass\b/);
  expect(output).toMatch(/\b0 fail\b/);
  expect(exitCode).toBe(0);
});
