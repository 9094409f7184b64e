import { section, string } from "../describe.ts";
import { address, linkName } from "../formats.ts";

const fields = {
  name: string({ doc: "The shared address.", check: address, required: true, example: "192.168.1.50" }),
  link: string({ doc: "Link that gets it, by name or alias.", check: linkName, required: true, example: "enp0s2" }),
};

/** `Layer2VIPConfig`: the control plane's machines elect who holds an address. */
export const layer2VipConfig = section({
  doc: "An address the control plane shares: the machine that leads holds it.",
  since: "1.12",
  effect: "live",
  fields,
});

/** `HCloudVIPConfig`: the same where the address is moved by Hetzner Cloud's API. */
export const hcloudVipConfig = section({
  doc: "An address the control plane shares in Hetzner Cloud: the machine that leads has it assigned.",
  since: "1.12",
  effect: "live",
  fields: { ...fields, apiToken: string({ doc: "Token for the cloud's API.", sensitive: true, required: true }) },
});
