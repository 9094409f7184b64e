import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { machineAccessControllers } from "../../src/controllers/k8s/machine-access/index.ts";
import { serviceAccountDefinition } from "../../src/controllers/k8s/manifests/service-account-definition.ts";
import { runtimeWith, type TestRuntime } from "../../src/cosi/testing.ts";
import type { KubeObject } from "../../src/kube/object.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { Endpoint } from "../../src/resources/k8s/endpoint.ts";
import { KubernetesAccessConfig } from "../../src/resources/k8s/kubernetes-access-config.ts";
import { KubernetesSecret } from "../../src/resources/secrets/kubernetes-secret.ts";
import { OSRootSecret } from "../../src/resources/secrets/os-root-secret.ts";
import { clientCertificateOf } from "../../src/talosconfig/certificate.ts";
import { parseTalosconfig } from "../../src/talosconfig/format.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { eventually } from "../support/eventually.ts";

interface Account extends KubeObject {
  readonly spec: { readonly roles: readonly string[] };
  readonly status?: { readonly failureReason?: string };
}
interface Secret extends KubeObject {
  readonly data?: { readonly config?: string };
}
interface Slice extends KubeObject {
  readonly endpoints?: readonly { readonly addresses: readonly string[] }[];
}

const minuteMs = 60_000;
const soon = { timeoutMs: 2 * minuteMs, intervalMs: 20 };
const accounts = "/apis/talos.dev/v1alpha1/namespaces/default/serviceaccounts";
const secrets = "/api/v1/namespaces/default/secrets";

/** Pods' way to the machine API, on an API server that runs on this host. */
describe("access to the machine API", () => {
  let cluster: ControlPlane;
  let machines: readonly TestRuntime[];

  beforeAll(async () => {
    cluster = await startControlPlane();
    const authority = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] });
    const bytes = (text: string) => new TextEncoder().encode(text);
    const issuingCA = { crt: bytes(authority.certificate), key: bytes(authority.key) };
    const kubernetes = (await cluster.machine.eventually(KubernetesSecret, "k8s-certs")).spec;
    const start = async () => {
      const machine = await runtimeWith(...machineAccessControllers());
      await machine.state.create(KubernetesSecret, "k8s-certs", kubernetes);
      await machine.state.create(OSRootSecret, "os", {
        ...{ issuingCA, acceptedCAs: [], certSANIPs: [], certSANDNSNames: [], token: "" },
      });
      await machine.state.create(Endpoint, "kube-apiserver", { addresses: ["10.0.0.2", "fd00::2"], hosts: [] });
      await machine.state.create(KubernetesAccessConfig, "config", {
        ...{ enabled: true, allowedAPIRoles: ["os:reader"], allowedKubernetesNamespaces: ["default"] },
      });
      return machine;
    };
    // Two control plane machines: what one did the other leaves.
    machines = [await start(), await start()];
    const [definition = {}] = serviceAccountDefinition().objects;
    await cluster.client.apply(definition as KubeObject, { fieldManager: "talos" });
  }, 12 * minuteMs);
  afterAll(async () => {
    for (const machine of machines ?? []) await machine[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  }, 4 * minuteMs);

  const create = async (name: string, ...roles: readonly string[]) => {
    const account = { apiVersion: "talos.dev/v1alpha1", kind: "ServiceAccount", metadata: { name }, spec: { roles } };
    await cluster.client.create(accounts, account);
  };
  const secretOf = (name: string) =>
    eventually(
      () => cluster.client.find<Secret>(`${secrets}/${name}`),
      (secret) => secret !== undefined,
      soon,
    );
  const rolesIn = (secret: Secret | undefined) => {
    const config = parseTalosconfig(Buffer.from(secret?.data?.config ?? "", "base64").toString(), "config");
    const context = config.contexts.get("default");
    return { endpoints: context?.endpoints, roles: context && clientCertificateOf(context)?.roles };
  };
  const reasonOf = (name: string, accepts: (reason: string | undefined) => boolean) =>
    eventually(
      async () => (await cluster.client.get<Account>(`${accounts}/${name}`)).status?.failureReason,
      accepts,
      soon,
    );

  test(
    "is a Service in front of every control plane machine, which follows them",
    async () => {
      const slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
      const addresses = async (name: string) =>
        (await cluster.client.find<Slice>(`${slices}/${name}`))?.endpoints?.flatMap((one) => one.addresses);
      await eventually(
        () => addresses("talos-ipv6"),
        (found) => found?.join() === "fd00::2",
        soon,
      );
      await eventually(
        () => addresses("talos-ipv4"),
        (found) => found?.join() === "10.0.0.2",
        soon,
      );
      const service = () => cluster.client.get("/api/v1/namespaces/default/services/talos");
      expect(await eventually(service, () => true, soon)).toMatchObject({
        spec: { ports: [{ name: "apid", port: 50_000 }] },
      });
      for (const { state } of machines) {
        await state.modify(Endpoint, "kube-apiserver", () => ({ addresses: ["10.0.0.2", "10.0.0.3"], hosts: [] }));
      }
      await eventually(
        () => addresses("talos-ipv4"),
        (found) => found?.join() === "10.0.0.2,10.0.0.3",
        soon,
      );
      await eventually(
        () => addresses("talos-ipv6"),
        (found) => found === undefined,
        soon,
      );
    },
    4 * minuteMs,
  );

  test(
    "is granted by a Secret that goes with its account, and comes back when it is lost",
    async () => {
      await create("reader", "os:reader");
      const secret = await secretOf("reader");
      expect(rolesIn(secret)).toEqual({ endpoints: ["talos.default"], roles: ["os:reader"] });
      expect(secret?.metadata?.ownerReferences).toMatchObject([
        { kind: "ServiceAccount", name: "reader", controller: true },
      ]);
      await cluster.client.delete(`${secrets}/reader`);
      const again = await secretOf("reader");
      expect(again?.metadata?.uid).not.toBe(secret?.metadata?.uid ?? "");
      await cluster.client.patch(`${secrets}/reader`, { data: { config: null } }, "merge");
      await eventually(
        async () => (await cluster.client.get<Secret>(`${secrets}/reader`)).data?.config,
        (config) => config !== undefined,
        soon,
      );
    },
    4 * minuteMs,
  );

  test(
    "is refused with the reason, where the account and its events show it, until the wish is one that is allowed",
    async () => {
      await create("climber", "os:admin");
      expect(await reasonOf("climber", (reason) => reason !== undefined)).toBe("Roles not allowed: [os:admin]");
      expect(await cluster.client.find(`${secrets}/climber`)).toBeUndefined();
      const events = async () =>
        (
          await cluster.client.list("/api/v1/namespaces/default/events", {
            fieldSelector: "involvedObject.name=climber",
          })
        ).items;
      const told = await eventually(events, (items) => items.length > 0, soon);
      expect(told).toMatchObject([{ type: "Warning", reason: "ErrRolesNotAllowed" }]);
      await cluster.client.patch(`${accounts}/climber`, { spec: { roles: ["os:reader"] } }, "merge");
      expect(rolesIn(await secretOf("climber")).roles).toEqual(["os:reader"]);
      await reasonOf("climber", (reason) => reason === undefined);
    },
    4 * minuteMs,
  );

  test(
    "never overwrites a Secret of somebody else",
    async () => {
      await cluster.client.create<KubeObject & { stringData: object }>(secrets, {
        ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "mine" }, stringData: { a: "b" } },
      });
      await create("mine", "os:reader");
      const reason = await reasonOf("mine", (found) => found !== undefined);
      expect(reason).toBe("Secret already exists and is not managed by controller: default/mine");
      expect((await cluster.client.get<Secret>(`${secrets}/mine`)).data).toEqual({ a: "Yg==" } as object);
    },
    4 * minuteMs,
  );
});
