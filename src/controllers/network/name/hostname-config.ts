import { hostnameSource } from "../../../config/index.ts";
import { defineController } from "../../../cosi/controller.ts";
import { Identity } from "../../../resources/cluster/identity.ts";
import { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import { NodeAddress } from "../../../resources/network/node-address.ts";
import { MaintenanceServiceRequest } from "../../../resources/runtime/maintenance-service-request.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";
import { type Layer, layered, putWishes, wishes } from "../../layered.ts";
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
      { kind: MaintenanceServiceRequest, id: "maintenance", strength: "weak" },
    ],
    outputs: [{ kind: HostnameSpec, ...wishes, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const waitsForConfig = (await context.get(MaintenanceServiceRequest, "maintenance")) !== undefined;
      // A machine that waits for its configuration has a name too. One that is about to read it does not: the name
      // would be in certificates for a moment, and another one then.
      const unknown = { auto: waitsForConfig ? "stable" : "off" } as const;
      const source = config === undefined ? unknown : hostnameSource(config);
      const auto = "auto" in source ? source.auto : "stable";
      const identity = (await context.get(Identity, "local"))?.spec;
      const address = (await context.get(NodeAddress, "default"))?.spec.addresses[0];
      const wanted = new Map<string, HostnameSpec>();
      const want = (layer: Layer, fullName: string | undefined) => {
        if (fullName === undefined || fullName === "") return;
        const spec = hostnameSpec(fullName, layer);
        if (spec === undefined)
          context.log(
            "warn",
            `the ${layer}'s hostname "${fullName}" is left out: a name has 1 to 63 characters before its first dot, 253 in all`,
          );
        else wanted.set(layered(layer, "hostname"), spec);
      };
      // The highest first, so that none of the others is the machine's name for a moment.
      want("configuration", "hostname" in source ? source.hostname : undefined);
      want("platform", platform);
      want("cmdline", cmdline);
      if (auto === "stable" && identity !== undefined) want("default", stableHostname(identity.nodeId));
      if (auto === "addr" && address !== undefined) want("default", addressHostname(address));
      await putWishes(context, name, HostnameSpec, wanted);
    },
  });
