import { required } from "../../argument.ts";
import { command } from "../../command.ts";
import { boolean } from "../../flag.ts";
import { parseKey } from "./key.ts";

export const write = command({
  name: "write",
  summary: "Set a value",
  args: { key: required("Its number, such as 0x0a"), value: required("What it is from now on") },
  flags: { insecure: boolean({ doc: "The machine has no config yet", short: "i" }) },
  examples: ['talosctl meta write 0x0a "$(cat network.yaml)" # the machine\'s network, where no config says it'],
  async run({ args: { key, value }, flags: { insecure }, client }) {
    const request = { key: parseKey(key), value: new TextEncoder().encode(value) };
    await (await client({ insecure })).call("machine.MachineService/MetaWrite", request);
  },
});
