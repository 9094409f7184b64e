import { command } from "../../command.ts";

export const defaults = command({
  name: "default",
  aliases: ["k8s-bundle"],
  summary: "List the images of a cluster with the default config",
  description: "What this talosctl was made for; no machine is asked.",
  group: "offline",
  examples: [
    "talosctl image default",
    "talosctl image default | xargs -n1 crane copy # what a registry of one's own has to offer",
  ],
  async run({ print }) {
    const { clusterImages } = await import("../../../config/defaults/images.ts");
    await print(clusterImages.map((image) => `${image}\n`).join(""));
  },
});
