import { required } from "../../argument.ts";
import { command } from "../../command.ts";
import { images } from "../../completion/sources.ts";
import { namespaceFlag, namespaceNumber } from "./namespace.ts";

export const pull = command({
  name: "pull",
  aliases: ["p"],
  summary: "Let a machine fetch an image, before a pod needs it",
  args: { image: required("Such as docker.io/library/alpine:3.22", { complete: images }) },
  flags: { namespace: namespaceFlag },
  examples: ["talosctl image pull docker.io/library/alpine:3.22 -n 10.0.0.2,10.0.0.3"],
  async run({ args: { image }, flags, client, signal }) {
    const request = { namespace: namespaceNumber(flags.namespace), reference: image };
    await (await client()).call("machine.MachineService/ImagePull", request, { signal });
  },
});
