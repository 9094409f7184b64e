import { hostnameSource } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { Identity } from "../../resources/cluster/identity.ts";
import { HostnameSpec } from "../../resources/network/hostname-spec.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { type Layer, layered, putWishes, wishes } from "../layered.ts";
import { addressHostname, hostnameSpec, stableHostname } from "./hostname.ts";

const name = "network.HostnameConfigController";

export interface HostnameConfigOptions {
  /** Of the kernel's command line. */
  readonly cmdline: string | undefined;
  /** In a container: the name that its runtime gave it. */
  readonly platform: string | undefined;
}

/**
 * Which name the machine should have: one made of its identity unless the configuration does not want it, the command
 * line's, the platform's, the configuration's own. DHCP says its part elsewhere.
 */
export const hostnameConfigController = ({ cmdline, platform }: HostnameConfigOptions) =>
  defineController({
    name,
    inputs: [
      activeConfigInput,
      { kind: Identity, id: "local", strength: "weak" },
      { kind: NodeAddress, id: "default", strength: "weak" },
    ],
    outputs: [{ kind: HostnameSpec, ...wishes, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      // Without a configuration the machine has a name too: its owner sees it on the console and among its peers.
      const source = config === undefined ? ({ auto: "stable" } as const) : hostnameSource(config);
      const auto = "auto" in source ? source.auto : "stable";
      const identity = (await context.get(Identity, "local"))?.spec;
      const address = (await context.get(NodeAddress, "default"))?.spec.addresses[0];
      const wanted = new Map<string, HostnameSpec>();
      const want = (layer: Layer, fullName: string | undefined) => {
        if (fullName === undefined || fullName === "") return;
        const spec = hostnameSpec(fullName, layer);
        if (spec === undefined)
          context.log("warn", `the ${layer}'s hostname "${fullName}" is left out: it is too long`);
        else wanted.set(layered(layer, "hostname"), spec);
      };
      if (auto === "stable" && identity !== undefined) want("default", stableHostname(identity.nodeId));
      if (auto === "addr" && address !== undefined) want("default", addressHostname(address));
      want("cmdline", cmdline);
      want("platform", platform);
      want("configuration", "hostname" in source ? source.hostname : undefined);
      await putWishes(context, name, HostnameSpec, wanted);
    },
  });
