import { command } from "../command.ts";
import { boolean } from "../flag.ts";
import { printStream } from "./data-stream.ts";

export const dmesg = command({
  name: "dmesg",
  summary: "Show the kernel log",
  group: "manage",
  flags: {
    follow: boolean({ doc: "Stay, and show what comes", short: "f" }),
    tail: boolean({ doc: "Leave out what is there already; with --follow" }),
  },
  examples: ["talosctl dmesg", "talosctl dmesg -f --tail # only what happens from now on"],
  async run({ flags: { follow, tail }, client, print, signal }) {
    await printStream(await client(), "machine.MachineService/Dmesg", { follow, tail }, { print, signal });
  },
});
