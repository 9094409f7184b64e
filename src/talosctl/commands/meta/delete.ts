import { required } from "../../argument.ts";
import { command } from "../../command.ts";
import { boolean } from "../../flag.ts";
import { parseKey } from "./key.ts";

export const remove = command({
  name: "delete",
  summary: "Remove a value",
  args: { key: required("Its number, such as 0x0a") },
  flags: { insecure: boolean({ doc: "The machine has no config yet", short: "i" }) },
  examples: ["talosctl meta delete 0x0a"],
  async run({ args: { key }, flags: { insecure }, client }) {
    await (await client({ insecure })).call("machine.MachineService/MetaDelete", { key: parseKey(key) });
  },
});
