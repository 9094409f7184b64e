import { required } from "../argument.ts";
import { command } from "../command.ts";
import { containers } from "../completion/sources.ts";
import { boolean } from "../flag.ts";
import { namespaceOf } from "./namespace.ts";

export const restart = command({
  name: "restart",
  summary: "Restart a container",
  group: "manage",
  args: { id: required("Container, as talosctl containers shows it", { complete: containers }) },
  flags: { kubernetes: boolean({ doc: "A container of Kubernetes", short: "k" }) },
  examples: ["talosctl restart kubelet", "talosctl restart -k kube-system/coredns-1:coredns:0a1b2c3d4e5f"],
  async run({ args: { id }, flags, client }) {
    await (await client()).call("machine.MachineService/Restart", { id, ...namespaceOf(flags.kubernetes) });
  },
});
