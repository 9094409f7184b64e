import { defineController } from "../../cosi/controller.ts";
import { Nodename } from "../../resources/k8s/nodename.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { fullNameOf } from "../secrets/names.ts";

/** Derives the name of this machine's node from its host name. */
export const nodenameController = () =>
  defineController({
    name: "k8s.NodenameController",
    inputs: [activeConfigInput, { kind: HostnameStatus, id: "hostname", strength: "weak" }],
    outputs: [{ kind: Nodename, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const hostname = await context.get(HostnameStatus, "hostname");
      if (config === undefined || hostname === undefined) return;
      const { registerWithFQDN, skipNodeRegistration } = config.machine.kubelet;
      const name = registerWithFQDN ? fullNameOf(hostname.spec) : hostname.spec.hostname;
      await context.put(Nodename, "nodename", {
        nodename: nodeNameOf(name),
        hostnameVersion: String(hostname.metadata.version),
        skipNodeRegistration,
      });
    },
  });

/** Kubernetes names are DNS names: lower case letters, digits, dashes and dots, and no dash or dot at either end. */
export const nodeNameOf = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, "")
    .replace(/^[.-]+|[.-]+$/g, "");
