import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { PKIStatus } from "../../resources/etcd/pki-status.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";
import { awaitsBootstrap } from "../../well-known.ts";
import { container, fetchImage } from "../containers/container.ts";
import { resourceReady, timeInSync, whenResource } from "../supervisor/conditions.ts";
import { defineService, type ServiceHost } from "../supervisor/service.ts";
import { etcdContainer } from "./etcd-container.ts";
import { hasEtcdData, makeEtcdData } from "./etcd-data.ts";
import { restoreSnapshot } from "./etcd-restore.ts";
import { ownersEnvironment } from "./owners-environment.ts";

/** Keeps the cluster's state, on control plane machines. */
export const etcd = defineService({
  id: "etcd",
  machineTypes: ["controlplane"],
  runs: container({
    plan: async ({ state }, signal) => {
      const spec = await whenResource(state, EtcdSpec, "etcd", () => true, signal);
      const added = await ownersEnvironment(state);
      return { image: spec.image, spec: ({ config }) => etcdContainer(spec, { ...config.environment, ...added }) };
    },
  }),
  after: ["containerd"],
  restartsOn: [{ kind: EtcdSpec, id: "etcd" }],
  waitsFor: [
    timeInSync,
    resourceReady("etcd spec", EtcdSpec, "etcd"),
    resourceReady("etcd certificates", PKIStatus, "etcd", ({ ready }) => ready),
  ],
  prepare: async (host, signal, report) => {
    await makeEtcdData();
    if (!(await hasEtcdData())) await whenBootstrapped(host, signal, report);
  },
  health: { check, initialDelayMs: 1_000, intervalMs: 5_000, timeoutMs: 15_000 },
  // A member that is killed while it hands over leadership costs the others an election.
  stopGraceMs: 30_000,
});

/** Waits for the call, and tells whoever looks at the console, or asks for the service, what to type. */
async function whenBootstrapped(
  host: ServiceHost,
  signal: AbortSignal,
  report: (message: string) => void,
): Promise<void> {
  const { bootstrapGate, log, state } = host;
  const spec = await whenResource(state, EtcdSpec, "etcd", () => true, signal);
  log("info", "etcd has no data, and waits. If this machine is the first of its cluster, type on another computer:");
  log("info", `  talosctl bootstrap --nodes ${spec.advertisedAddresses[0]}`);
  const fetching = fetchMeanwhile(host, spec.image, signal);
  while (true) {
    report(awaitsBootstrap);
    const { recover } = await bootstrapGate.wait(signal);
    report(
      `Bootstrap call received: ${recover === undefined ? "beginning a cluster" : "recovering from the snapshot"}`,
    );
    await fetching.done(report);
    if (recover === undefined) return;
    try {
      return await restoreSnapshot(host, { spec, ...recover, signal, report });
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      report(messageOf(thrown));
      log("error", messageOf(thrown));
    }
  }
}

/** Fetches an image beside the wait, and tells of it once somebody waits for it. The start meets any failure again. */
function fetchMeanwhile(host: ServiceHost, image: string, signal: AbortSignal) {
  let tell = (_: string) => {};
  const fetched = fetchImage(host, image, { signal, report: (message) => tell(message) }).catch(() => {});
  return {
    done(report: (message: string) => void): Promise<void> {
      tell = report;
      return fetched;
    },
  };
}

/** Asks the member as its administrator: it answers healthy when it can commit. */
async function check({ state }: ServiceHost, signal: AbortSignal): Promise<void> {
  const secrets = (await state.get(EtcdSecret, "etcd"))?.spec;
  const root = (await state.get(EtcdRootSecret, "etcd"))?.spec;
  if (secrets === undefined || root === undefined) throw new Failure("Cannot ask etcd: there is no certificate");
  const pem = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const tls = { ca: pem(root.etcdCA.crt), cert: pem(secrets.etcdAdmin.crt), key: pem(secrets.etcdAdmin.key) };
  const response = await fetch("https://localhost:2379/health", { tls, signal });
  const text = (await response.text()).slice(0, 1_000);
  if (!response.ok) throw new Failure(`etcd is not healthy: ${text}`);
}
