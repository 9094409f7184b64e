import { family } from "../../command.ts";
import { config } from "../gen/config.ts";
import { patch } from "./patch.ts";

const gen = {
  ...config,
  name: "gen",
  examples: ["talosctl machineconfig gen demo https://10.0.0.1:6443 # as talosctl gen config"],
};

export const machineconfig = family({
  name: "machineconfig",
  aliases: ["mc"],
  summary: "Make and change configs in files",
  group: "offline",
  commands: [gen, patch],
});
