import { testConfig } from "../../src/config/testing.ts";
import { addressSpecController } from "../../src/controllers/network/address/address-spec.ts";
import { addressConfigController, linkConfigController } from "../../src/controllers/network/configs.ts";
import { linkSpecController } from "../../src/controllers/network/link/link-spec.ts";
import { linkStatusController } from "../../src/controllers/network/link/link-status.ts";
import { addressMergeController, linkMergeController } from "../../src/controllers/network/merges.ts";
import { runtimeWith, type TestRuntime } from "../../src/cosi/testing.ts";
import { close, open } from "../../src/linux/file-descriptor.ts";
import { joinNamespace } from "../../src/linux/namespace.ts";
import { inNetworkNamespace } from "../../src/linux/testing/namespace.ts";
import { Rtnetlink } from "../../src/netlink/rtnetlink/rtnetlink.ts";
import { parseKernelArguments } from "../../src/platform/kernel-arguments.ts";
import { networkArguments } from "../../src/platform/network-arguments.ts";

/** All that makes links and their addresses out of the configuration and the kernel's command line. */
export function linksWith(rtnetlink: Rtnetlink, commandLine = ""): Promise<TestRuntime> {
  const cmdline = networkArguments(parseKernelArguments(commandLine));
  return runtimeWith(
    ...[linkConfigController(cmdline), linkMergeController(), linkStatusController(rtnetlink)],
    linkSpecController({ rtnetlink, loadKind: async () => {} }),
    ...[addressConfigController(cmdline), addressMergeController(), addressSpecController(rtnetlink)],
  );
}

/** A machine's configuration with documents: each a kind and its fields. */
export const documents = (...all: readonly string[]): string =>
  [testConfig(), ...all.map((document) => `apiVersion: v1alpha1\n${document}\n`)].join("---\n");

export interface TwoEnds {
  /** Where the test's machine is: the thread is here. */
  readonly near: Rtnetlink;
  /** The other end of its cables. */
  readonly far: Rtnetlink;
  /** Opens something at the other end. */
  readonly atFar: <T>(open: () => T) => T;
}

/** Two networks with cables between them: `near0` to `far0`, `near1` to `far1` and so on. The far ends are up. */
export function withCables(count: number, body: (ends: TwoEnds) => Promise<void>): Promise<void> {
  return inNetworkNamespace(async () => {
    using far = new Rtnetlink();
    const farNamespace = open("/proc/thread-self/ns/net");
    const indices = Array.from({ length: count }, (_, index) => index);
    for (const index of indices) far.createLink({ name: `near${index}`, kind: "veth", peerName: `far${index}` });
    await inNetworkNamespace(async () => {
      const namespaceFile = open("/proc/thread-self/ns/net");
      for (const index of indices) far.setLink(`near${index}`, { namespaceFile });
      const atFar = <T>(make: () => T): T => {
        joinNamespace(farNamespace);
        try {
          return make();
        } finally {
          joinNamespace(namespaceFile);
        }
      };
      for (const index of indices) far.setLinkUp(`far${index}`);
      using near = new Rtnetlink();
      try {
        await body({ near, far, atFar });
      } finally {
        close(namespaceFile);
        close(farNamespace);
      }
    });
  });
}
