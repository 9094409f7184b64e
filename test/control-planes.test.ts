import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { bootCluster, type TestMachine } from "./machine/machine.ts";
import { eventually } from "./support/eventually.ts";

const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;

/** What a cluster has several control planes for, on this host's kernel. The order matters. */
describeAsRoot("a cluster with three control planes", () => {
  const flags = ["--provisioner", "container", "--controlplanes", "3", "--wait-timeout", "8m"];
  let cluster: TestMachine;

  beforeAll(async () => {
    cluster = await bootCluster(...flags);
  }, minutes(9));

  afterAll(() => cluster?.[Symbol.asyncDispose](), minutes(1));

  const members = async () => {
    const survivor = cluster.nodes[1]?.address ?? "";
    const table = await cluster.ask("-e", survivor, "-n", survivor, "etcd", "members");
    return table.trim().split("\n").slice(1);
  };
  const statuses = async () => {
    const { code, stdout, stderr } = await cluster.kubectl("get", "nodes", "--no-headers", "--request-timeout=10s");
    if (code !== 0) throw new Error(stderr);
    return stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/)[1]);
  };

  test(
    "is ready, at an address of the host, with a vote for each",
    async () => {
      const kubeconfig = await Bun.file(join(cluster.directory, "kubeconfig")).text();
      expect(kubeconfig).toContain(`server: https://${cluster.nodes[0]?.address.replace(/\d+$/, "1")}:6443`);
      expect(await statuses()).toEqual(["Ready", "Ready", "Ready"]);
      const rows = await members();
      expect(rows).toHaveLength(3);
      for (const row of rows) expect(row).toEndWith("false"); // no learner
    },
    minutes(1),
  );

  test(
    "goes on without the one that began it, and takes it back",
    async () => {
      process.kill(cluster.nodes[0]?.process.pid ?? -1, "SIGKILL");
      const written = await eventually(
        () => cluster.kubectl("create", "configmap", "written", "--from-literal=without=the-first"),
        ({ code }) => code === 0,
        { intervalMs: 500 },
      );
      expect(written.stdout).toContain("created");
      const output = join(cluster.directory, "../..");
      const again = await cluster.cluster("create", "--output-directory", output, ...flags);
      expect({ code: again.code, stderr: again.code === 0 ? "" : again.stderr }).toEqual({ code: 0, stderr: "" });
      expect(await statuses()).toEqual(["Ready", "Ready", "Ready"]);
      expect(await members()).toHaveLength(3);
      const { stdout } = await cluster.kubectl("get", "configmap", "written", "-o", "jsonpath={.data.without}");
      expect(stdout).toBe("the-first");
    },
    minutes(9),
  );
});
