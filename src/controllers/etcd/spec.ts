import { defineController } from "../../cosi/controller.ts";
import { EtcdConfig } from "../../resources/etcd/etcd-config.ts";
import { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { addressOf } from "../secrets/names.ts";
import { inSubnets } from "../subnets.ts";
import { warnOnce } from "../warn-once.ts";

/** Every address of the machine, of both families. */
const anyAddress = ["::"];

/** Decides how etcd runs here: its name, what it listens on, what it announces. */
export const etcdSpecController = () => {
  const warn = warnOnce();
  return defineController({
    name: "etcd.SpecController",
    inputs: [
      { kind: EtcdConfig, id: "etcd", strength: "weak" },
      { kind: HostnameStatus, id: "hostname", strength: "weak" },
      { kind: NodeAddress, strength: "weak" },
    ],
    outputs: [{ kind: EtcdSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const config = (await context.get(EtcdConfig, "etcd"))?.spec;
      const hostname = (await context.get(HostnameStatus, "hostname"))?.spec.hostname;
      const routed = await addressesOf("routed-no-k8s");
      const current = await addressesOf("current-no-k8s");
      if (config === undefined || hostname === undefined || routed.length === 0) return;
      const {
        advertiseValidSubnets = [],
        advertiseExcludeSubnets,
        listenValidSubnets = [],
        listenExcludeSubnets,
      } = config;
      const chosen = inSubnets(routed, advertiseValidSubnets, advertiseExcludeSubnets);
      const listens = listenValidSubnets.length > 0 || listenExcludeSubnets.length > 0;
      const listen = listens ? inSubnets(current, listenValidSubnets, listenExcludeSubnets) : anyAddress;
      // Without a wish the first will do: members need one way to each other, not all.
      const advertised = advertiseValidSubnets.length === 0 ? chosen.slice(0, 1) : chosen;
      const fitsNone = advertised.length === 0 || listen.length === 0;
      const trouble = `no address of this machine fits the subnets for etcd: ${routed.join(", ")}`;
      warn(context, fitsNone ? trouble : undefined);
      if (fitsNone) return;
      await context.put(EtcdSpec, "etcd", {
        name: hostname,
        image: config.image,
        extraArgs: config.extraArgs,
        advertisedAddresses: advertised,
        listenPeerAddresses: listen,
        // Clients on this machine come over loopback, whatever the others use.
        listenClientAddresses: listens ? ["127.0.0.1", ...listen.filter((address) => address !== "127.0.0.1")] : listen,
      });

      async function addressesOf(id: string): Promise<string[]> {
        return ((await context.get(NodeAddress, id))?.spec.addresses ?? []).map(addressOf);
      }
    },
  });
};
