import type { Client } from "../../src/talosctl/client/client.ts";

/** Our own programs of a machine. */
export async function programsOf(api: Client): Promise<readonly { readonly name: string; readonly pid: number }[]> {
  const replies = await api.call("machine.MachineService/Processes", {});
  const processes = replies.flatMap(({ message }) => message.processes);
  return ["machined", "apid", "trustd"].flatMap((name) => {
    const found = processes.find(({ args }) => args.split(" ")[0]?.endsWith(`/${name}`))?.pid;
    const pid = name === "machined" ? 1 : found;
    return pid === undefined ? [] : [{ name, pid }];
  });
}
