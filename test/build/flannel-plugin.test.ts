import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentImages } from "../../initramfs/components/images.ts";
import { exists } from "../../initramfs/steps/cache.ts";
import { repository } from "../../initramfs/steps/files.ts";
import { runTool } from "../../initramfs/steps/tool.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { blobPath, readLayout, referenceName } from "../../src/oci/layout/layout.ts";

const layout = join(repository, "_out/image-cache");
const reference = componentImages.find(({ name }) => name === "flannel")?.reference;
const listed = (await exists(layout)) ? await readLayout(layout) : [];
const flannel = listed.find(({ annotations }) => annotations?.[referenceName] === reference);

const lease = "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.3.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n";

/** The plugin connects a pod's network namespace with a node's; both are made for this test. */
describe.if(flannel !== undefined && process.getuid?.() === 0)("the plugin of flannel's image", () => {
  let directory: string;
  const at = (name: string) => join(directory, name);
  const pod = `pod-${process.pid}`;
  const node = `node-${process.pid}`;
  const ip = async (...argv: string[]) => new TextDecoder().decode(await runTool({ argv: ["ip", ...argv] }));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "machined-cni-"));
    const manifest = (await Bun.file(blobPath(layout, flannel?.digest ?? "sha256:")).json()) as {
      readonly layers: readonly [{ readonly digest: Digest }];
    };
    await mkdir(at("image"));
    const archive = blobPath(layout, manifest.layers[0].digest);
    await runTool({ argv: ["tar", "-xf", archive, "-C", at("image"), "opt/cni/bin"] });
    await Bun.write(at("subnet.env"), lease);
    for (const name of [pod, node]) await ip("netns", "add", name);
  });
  afterAll(async () => {
    for (const name of [pod, node]) await ip("netns", "del", name);
    await rm(directory, { recursive: true });
  });

  /** As containerd calls it, in the node's namespace. */
  async function call(command: "ADD" | "CHECK" | "DEL", more: object = {}): Promise<string> {
    const bin = at("image/opt/cni/bin");
    const config = {
      ...{ cniVersion: "1.0.0", name: "cbr0", type: "flannel", delegate: { isDefaultGateway: true } },
      ...{ subnetFile: at("subnet.env"), dataDir: at("delegates"), ipam: { dataDir: at("addresses") } },
      ...more,
    };
    const output = await runTool({
      argv: ["ip", "netns", "exec", node, join(bin, "flannel")],
      env: {
        ...{ CNI_COMMAND: command, CNI_CONTAINERID: "one", CNI_NETNS: `/run/netns/${pod}` },
        ...{ CNI_IFNAME: "eth0", CNI_PATH: bin },
      },
      input: [new TextEncoder().encode(JSON.stringify(config))],
    });
    return new TextDecoder().decode(output);
  }

  test("gives a pod an address of the node's lease, and takes all of it back", async () => {
    const prevResult: unknown = JSON.parse(await call("ADD"));
    expect(prevResult).toMatchObject({ ips: [{ address: "10.244.3.2/24", gateway: "10.244.3.1" }] });
    expect(await ip("-n", pod, "route")).toContain("10.244.0.0/16 via 10.244.3.1 dev eth0");
    expect(await ip("-n", pod, "link", "show", "eth0")).toContain("mtu 1450");
    expect(await ip("-n", node, "address", "show", "cni0")).toContain("inet 10.244.3.1/24");
    await call("CHECK", { prevResult });

    await call("DEL");
    expect(await ip("-n", pod, "-o", "link")).not.toContain("eth0");
    expect(await readdir(at("delegates"))).toEqual([]);
    // A runtime asks until it is told that all is well.
    await call("DEL");
  });

  test("waits for a lease that flanneld has not written yet", async () => {
    const adding = call("ADD", { subnetFile: at("late.env") });
    // As long as another call takes, it waits.
    await call("DEL");
    await Bun.write(at("late.part"), lease);
    await rename(at("late.part"), at("late.env"));
    expect(JSON.parse(await adding)).toMatchObject({ ips: [{ gateway: "10.244.3.1" }] });
    await call("DEL");
  });

  test("says what it waits for while flanneld has no lease", async () => {
    const problem = await call("ADD", { subnetFile: at("none.env"), patienceSeconds: 0 }).catch(
      (error: unknown) => error,
    );
    expect(problem).toMatchObject({
      hint: expect.stringContaining("cannot read the node's lease, which flanneld writes"),
    });
  });
});
