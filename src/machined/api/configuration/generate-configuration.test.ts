import { expect, test } from "bun:test";
import { parseMachineConfig, validateMachineConfig } from "../../../config/index.ts";
import { testConfig, testSecrets } from "../../../config/testing.ts";
import { configure } from "../../../controllers/testing.ts";
import { runtimeWith } from "../../../cosi/testing.ts";
import { roleHeader } from "../../../grpc/authorize.ts";
import { metadataFromHeaders } from "../../../grpc/metadata.ts";
import { Code } from "../../../grpc/status.ts";
import { failureOf } from "../../../grpc/testing/failure-of.ts";
import { machine } from "../../../proto/index.ts";
import { parseTalosconfig } from "../../../talosconfig/format.ts";
import { generateConfiguration } from "./generate-configuration.ts";

const { TYPE_CONTROL_PLANE, TYPE_WORKER } = machine.MachineConfig.MachineType;

function request(type: machine.MachineConfig.MachineType, changes: object = {}): machine.GenerateConfigurationRequest {
  return machine.GenerateConfigurationRequest.decode(
    machine.GenerateConfigurationRequest.encode({
      config_version: "v1alpha1",
      cluster_config: {
        name: "home",
        control_plane: { endpoint: "https://10.0.0.9:6443" },
        cluster_network: { dns_domain: "home.local", cni_config: { name: "none" } },
        allow_scheduling_on_control_planes: true,
      },
      machine_config: {
        type,
        kubernetes_version: "v1.34.1",
        install_config: { install_disk: "/dev/nvme0n1" },
        network_config: {
          hostname: "node-7",
          interfaces: [
            {
              interface: "eth0",
              cidr: "10.0.0.9/24",
              mtu: 9_000,
              routes: [{ network: "0.0.0.0/0", gateway: "10.0.0.1" }],
            },
          ],
        },
      },
      ...changes,
    }).finish(),
  );
}

const as = (role: string) => ({ metadata: metadataFromHeaders([roleHeader, role]) });

test("a machine that waits for its config makes one from a few answers", async () => {
  await using runtime = await runtimeWith();
  const { messages } = await generateConfiguration(runtime, request(TYPE_CONTROL_PLANE), as("os:reader"));
  const [reply] = messages ?? [];
  const config = parseMachineConfig(Buffer.from(reply?.data?.[0] ?? []).toString());
  expect(validateMachineConfig(config, { mode: "metal", strict: true })).toEqual([]);
  expect(config.machine.install.disk).toBe("/dev/nvme0n1");
  expect(config.machine.network.interfaces[0]).toMatchObject({
    interface: "eth0",
    mtu: 9_000,
    addresses: ["10.0.0.9/24"],
  });
  expect(config.cluster).toMatchObject({ clusterName: "home", allowSchedulingOnControlPlanes: true });
  expect(config.cluster.network).toMatchObject({ dnsDomain: "home.local", cni: { name: "none" } });
  expect(config.documents.find(({ kind }) => kind === "HostnameConfig")?.value).toMatchObject({ hostname: "node-7" });
  expect(config.text).toContain("kubelet:v1.34.1");
  const talosconfig = parseTalosconfig(Buffer.from(reply?.talosconfig ?? []).toString(), "reply");
  expect(talosconfig.contexts.get("home")?.endpoints).toEqual(["10.0.0.9"]);
  expect(talosconfig.contexts.get("home")?.ca).toBe(config.machine.ca?.crt ?? "none");
}, 60_000);

test("a further machine of a cluster gets its secrets, for administrators alone", async () => {
  await using runtime = await runtimeWith();
  await configure(runtime, testConfig("controlplane"));
  const { messages } = await generateConfiguration(runtime, request(TYPE_WORKER), as("os:admin"));
  const config = parseMachineConfig(Buffer.from(messages?.[0]?.data?.[0] ?? []).toString());
  expect(config.machine).toMatchObject({ type: "worker", token: testSecrets.trustdToken });
  // Who began to ask while the machine had no config gets nothing of the one it has now.
  const stranger = generateConfiguration(runtime, request(TYPE_CONTROL_PLANE), as("os:reader"));
  expect(await failureOf(stranger)).toEqual([Code.permissionDenied, "not authorized"]);
});

test("what cannot be made is told", async () => {
  await using runtime = await runtimeWith();
  const refused = async (type: machine.MachineConfig.MachineType, changes = {}) =>
    (await failureOf(generateConfiguration(runtime, request(type, changes), as("os:reader"))))[1];
  expect(await refused(TYPE_WORKER)).toBe("join config can't be generated in the maintenance mode");
  expect(await refused(TYPE_CONTROL_PLANE, { config_version: "v2" })).toBe("unsupported config version v2");
  expect(await refused(TYPE_CONTROL_PLANE, { machine_config: null })).toBe("invalid generate request");
});
