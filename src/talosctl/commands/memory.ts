import { command } from "../command.ts";
import { boolean } from "../flag.ts";
import { table } from "../output/table.ts";

/** Mebibytes of kibibytes, whole. */
const mebibytes = (kibibytes: number): number => Math.floor(kibibytes / 1_024);

export const memory = command({
  name: "memory",
  aliases: ["m", "free"],
  summary: "Show memory usage",
  group: "manage",
  flags: { verbose: boolean({ doc: "Show everything that the kernel tells", short: "v" }) },
  examples: ["talosctl memory", "talosctl memory -v -n 10.0.2.15"],
  async run({ client, flags, print }) {
    const replies = await (await client()).call("machine.MachineService/Memory", {});
    if (flags.verbose) {
      for (const { node, message } of replies) {
        await print(details(node, (message.meminfo ?? {}) as unknown as Readonly<Record<string, unknown>>));
      }
      return;
    }
    const headers = ["NODE", "TOTAL", "USED", "FREE", "SHARED", "BUFFERS", "CACHE", "AVAILABLE"];
    const rows = replies.flatMap(({ node, message: { meminfo } }) => {
      if (meminfo == null) return [];
      const [total, free, buffers, cached] = [meminfo.memtotal, meminfo.memfree, meminfo.buffers, meminfo.cached].map(
        Number,
      );
      const used = (total ?? 0) - (free ?? 0) - (cached ?? 0) - (buffers ?? 0);
      const columns = [total, used, free, Number(meminfo.shmem), buffers, cached, Number(meminfo.memavailable)];
      return [[node, ...columns.map((kibibytes) => mebibytes(kibibytes ?? 0))]];
    });
    await print(table(headers, rows));
  },
});

function details(node: string, meminfo: Readonly<Record<string, unknown>>): string {
  const lines = meminfoNames.map((name) => {
    // Numbers of pages have no unit.
    const unit = /^HugePages/.test(name) ? "" : " kB";
    return `${name}: ${String(meminfo[name.toLowerCase()] ?? 0)}${unit}\n`;
  });
  return `NODE: ${node}\n${lines.join("")}`;
}

/** How /proc/meminfo writes what the API has in lower case. */
const meminfoNames: readonly string[] = [
  ...["MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapCached", "Active", "Inactive", "ActiveAnon"],
  ...["InactiveAnon", "ActiveFile", "InactiveFile", "Unevictable", "Mlocked", "SwapTotal", "SwapFree", "Dirty"],
  ...["Writeback", "AnonPages", "Mapped", "Shmem", "Slab", "SReclaimable", "SUnreclaim", "KernelStack", "PageTables"],
  ...["NFSUnstable", "Bounce", "WritebackTmp", "CommitLimit", "CommittedAS", "VmallocTotal", "VmallocUsed"],
  ...["VmallocChunk", "HardwareCorrupted", "AnonHugePages", "ShmemHugePages", "ShmemPmdMapped", "CmaTotal", "CmaFree"],
  ...["HugePagesTotal", "HugePagesFree", "HugePagesRsvd", "HugePagesSurp", "Hugepagesize"],
  ...["DirectMap4k", "DirectMap2M", "DirectMap1G"],
];
