import { defineController } from "../../../cosi/controller.ts";
import { HostnameSpec } from "../../../resources/network/hostname-spec.ts";
import { HostnameStatus } from "../../../resources/network/hostname-status.ts";

export interface HostnameSpecOptions {
  /** Gives the kernel its names, only called when they change. In a container they are its runtime's. */
  readonly setNames: (hostname: string, domainname: string) => void;
}

/** The kernel's word for having no domain. */
const noDomain = "(none)";

/** Makes the chosen name the machine's. */
export const hostnameSpecController = ({ setNames }: HostnameSpecOptions) => {
  let current = "";
  return defineController({
    name: "network.HostnameSpecController",
    inputs: [{ kind: HostnameSpec, id: "hostname", strength: "weak" }],
    outputs: [{ kind: HostnameStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const resource = await context.get(HostnameSpec, "hostname");
      if (resource?.metadata.phase !== "running") return;
      const { hostname, domainname } = resource.spec;
      const wanted = `${hostname}.${domainname}`;
      if (current !== wanted) setNames(hostname, domainname === "" ? noDomain : domainname);
      if (current !== wanted && current !== "") context.log("info", `the hostname is ${hostname} now`);
      current = wanted;
      await context.put(HostnameStatus, "hostname", { hostname, domainname });
    },
  });
};
