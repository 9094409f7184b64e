import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { Notice } from "../../async/notice.ts";
import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import type { DiscoveredAffiliate } from "../../discovery/affiliate.ts";
import { checkedKey } from "../../discovery/cipher.ts";
import { DiscoveryClient } from "../../discovery/client.ts";
import type { Target } from "../../grpc/target.ts";
import { Affiliate } from "../../resources/cluster/affiliate.ts";
import { DiscoveryConfig } from "../../resources/cluster/discovery-config.ts";
import { AddressStatus } from "../../resources/network/address-status.ts";
import { MachineResetSignal } from "../../resources/runtime/machine-reset-signal.ts";
import { TAG } from "../../version.ts";
import { ownAffiliate, ownAffiliateInputs } from "./own-affiliate.ts";
import { putRawAffiliates, rawAffiliates } from "./raw-affiliates.ts";

const cluster = { namespace: "cluster" };

/** Tells the discovery service of this machine, and hears from it of the others. */
export const discoveryServiceController = ({ roots = "/etc/ssl/certs/ca-certificates.crt" } = {}) => {
  const contact = new Contact(roots);
  return defineController({
    name: "cluster.DiscoveryServiceController",
    inputs: [...ownAffiliateInputs, { kind: MachineResetSignal, strength: "weak" }],
    outputs: [
      { kind: Affiliate, ...rawAffiliates, sharing: "shared" },
      { kind: AddressStatus, ...cluster, sharing: "shared" },
    ],
    wakeOn: (signal) => contact.changes(signal),
    async reconcile(context) {
      const { config, nodeId, affiliate } = await ownAffiliate(context);
      const isOn = config?.registryServiceEnabled === true && nodeId !== undefined;
      const client = contact.with(isOn ? { config, nodeId } : undefined, context);
      const isReset = (await context.list(MachineResetSignal)).length > 0;
      if (isReset) client?.tell("gone");
      else if (affiliate !== undefined) client?.tell(affiliate);
      await putRawAffiliates(context, "service", (client?.affiliates ?? []).map(asResource));
      await putAddress(context, client?.publicAddress);
    },
  });
};

interface Wanted {
  readonly config: DiscoveryConfig;
  readonly nodeId: string;
}

/** The client that is in touch with the service now, if any. */
class Contact {
  readonly #roots: string;
  readonly #changed = new Notice();
  #key = "";
  #client: DiscoveryClient | undefined;
  #stopping = new AbortController();

  constructor(roots: string) {
    this.#roots = roots;
  }

  async *changes(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    while (!signal.aborted) {
      await this.#changed.next(signal);
      yield;
    }
  }

  with(wanted: Wanted | undefined, context: ReconcileContext): DiscoveryClient | undefined {
    const key = wanted === undefined ? "" : JSON.stringify([wanted.nodeId, DiscoveryConfig.toYamlValue(wanted.config)]);
    if (key === this.#key) return this.#client;
    this.#stopping.abort();
    this.#stopping = new AbortController();
    this.#client = wanted && this.#start(wanted, context, AbortSignal.any([context.signal, this.#stopping.signal]));
    this.#key = key;
    return this.#client;
  }

  #start({ config, nodeId }: Wanted, context: ReconcileContext, signal: AbortSignal): DiscoveryClient {
    let told = "";
    const client = new DiscoveryClient({
      endpoint: config.serviceEndpoint,
      targetOf: (endpoint) => this.#targetOf(endpoint, config.serviceEndpointInsecure === true),
      clusterId: config.serviceClusterID,
      affiliateId: nodeId,
      key: checkedKey(config.serviceEncryptionKey),
      version: TAG,
      onProblem: (problem) => {
        if (problem !== told) context.log("warn", problem);
        told = problem;
      },
    });
    void client.run(signal);
    void this.#watch(client, signal);
    return client;
  }

  async #watch(client: DiscoveryClient, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await client.changed(signal);
      this.#changed.post();
    }
  }

  async #targetOf(endpoint: string, insecure: boolean): Promise<Target> {
    const at = endpoint.lastIndexOf(":");
    const host = endpoint.slice(0, at).replace(/^\[(.*)\]$/, "$1");
    const port = Number(endpoint.slice(at + 1));
    if (insecure) return { host, port, plaintext: true };
    // Read each time: the owner may add roots while the machine runs.
    return { host, port, tls: { authorities: [await readFile(this.#roots, "utf8")] } };
  }
}

const asResource = (affiliate: DiscoveredAffiliate): Affiliate => ({
  ...affiliate,
  machineType: typeOf(affiliate.machineType),
});

function typeOf(text: string): Affiliate["machineType"] {
  return text === "controlplane" || text === "init" || text === "worker" ? text : "unknown";
}

/** Under which address the service sees this machine, for those who may reach it there. */
async function putAddress(context: ReconcileContext, address: string | undefined): Promise<void> {
  if (address === undefined) return context.destroy(AddressStatus, "service", cluster);
  const isV4 = isIP(address) === 4;
  const spec: AddressStatus = {
    address: `${address}/${isV4 ? 32 : 128}`,
    ...{ linkIndex: 0, linkName: "", family: isV4 ? "inet4" : "inet6", scope: "global", flags: 0, priority: 0 },
  };
  await context.put(AddressStatus, "service", spec, cluster);
}
