import { list, section, string } from "../describe.ts";
import { addressAndPort } from "../formats.ts";

/** `KubeSpanEndpointsConfig`: addresses the machine does not know of itself, behind a NAT. */
export const kubeSpanEndpointsConfig = section({
  doc: "Further addresses at which the machines of the mesh can reach this one, such as those of a NAT.",
  since: "1.8",
  effect: "live",
  fields: {
    extraAnnouncedEndpoints: list(string({ doc: "Endpoint.", check: addressAndPort }), {
      doc: "Addresses with ports, announced besides the machine's own.",
      example: ["192.168.13.46:52000"],
    }),
  },
});
