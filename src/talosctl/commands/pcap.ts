import { open } from "node:fs/promises";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { oneNode } from "../client/one-node.ts";
import { type Context, command } from "../command.ts";
import { boolean, duration, integer, text } from "../flag.ts";

export const pcap = command({
  name: "pcap",
  aliases: ["tcpdump"],
  summary: "Capture packets of a machine's interface",
  description:
    "A line for each packet, or with --output a capture file for tcpdump and Wireshark. The capture comes over the network:\nleave it out (not port 50000) where you look at the interface that it comes through.",
  group: "manage",
  flags: {
    interface: text({ doc: "Which interface", short: "i", placeholder: "name", default: "eth0" }),
    promiscuous: boolean({ doc: "Also what is for other machines" }),
    snaplen: integer({ doc: "Bytes to keep of each packet; 0 for all", short: "s", placeholder: "bytes", default: 0 }),
    bpfFilter: text({
      doc: "Which packets: a filter as tcpdump -dd prints it",
      placeholder: "instructions",
      default: "",
    }),
    duration: duration({ doc: "How long; 0 until you interrupt it", default: "0s" }),
    output: text({ doc: "File for the capture, or - for standard output", short: "o", placeholder: "file" }),
  },
  examples: [
    "talosctl pcap -i eth0 --duration 10s",
    "talosctl pcap -i eth0 -o eth0.pcap",
    "talosctl pcap -i eth0 -o - | tcpdump -vvv -r -",
    "talosctl pcap --bpf-filter \"$(tcpdump -dd -y EN10MB 'not tcp port 50000')\"",
  ],
  async run({ flags, client, print, signal }) {
    const { parseFilter } = await import("../../net/pcap/filter.ts");
    const filter = parseFilter(flags.bpfFilter);
    const connected = await client();
    oneNode(connected, "capture packets");
    const { interface: name, promiscuous, snaplen, output } = flags;
    const request = { interface: name, promiscuous, snap_len: snaplen, bpf_filter: filter };
    const start = (end: AbortSignal) =>
      connected.stream("machine.MachineService/PacketCapture", request, { signal: end });
    const bytes = captured(start, flags.duration, signal);
    if (output === undefined) await printPackets(bytes, print);
    else if (output === "-") for await (const chunk of bytes) await print(chunk);
    else await writeFile(bytes, output);
  },
});

type Bytes = AsyncIterable<Uint8Array>;

type Replies = AsyncIterable<{ readonly message: { readonly bytes: Uint8Array } }>;

/** What the machine sends until it was enough, which is no failure. A duration of 0 is without end. */
async function* captured(
  start: (end: AbortSignal) => Replies,
  durationMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const enough = new AbortController();
  const end = AbortSignal.any([signal, enough.signal]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for await (const { message } of start(end)) {
      // The file's head comes when the machine begins to listen: the way there is no part of the capture.
      if (durationMs > 0) timer ??= setTimeout(() => enough.abort(), durationMs);
      yield message.bytes;
    }
  } catch (thrown) {
    if (!end.aborted) throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

async function printPackets(bytes: Bytes, print: Context["print"]): Promise<void> {
  const [{ PcapReader }, { describePacket }] = await Promise.all([
    import("../../net/pcap/reader.ts"),
    import("../../net/pcap/describe.ts"),
  ]);
  const reader = new PcapReader();
  for await (const chunk of bytes) {
    const lines = reader.push(chunk).map((packet) => `${describePacket(packet, reader.linkType)}\n`);
    if (lines.length > 0) await print(lines.join(""));
  }
}

/** For its owner only: packets may hold secrets. */
async function writeFile(bytes: Bytes, path: string): Promise<void> {
  const file = await open(path, "w", 0o600).catch((cause) => {
    throw new Failure(`Cannot write "${path}": ${messageOf(cause)}`, { cause });
  });
  try {
    for await (const chunk of bytes) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}
