import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { Errno } from "../../../linux/errno.ts";
import { SyscallError } from "../../../linux/syscall-error.ts";
import { encodeFileHeader, encodePackets, LinkType } from "../../../net/pcap/file.ts";
import { type CaptureOptions, type FilterInstruction, PacketCapture } from "../../../netlink/packet-capture.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import type { common, machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { toData } from "../files/data.ts";

/** What is kept of each packet where nothing is said, and at most: no packet is longer. */
const longestSnap = 262_144;
/** BPF_MAXINSNS of <linux/bpf_common.h>. */
const longestFilter = 4_096;

/** What packets of a link begin with, by its ARPHRD_* of <linux/if_arp.h>: Ethernet, loopback; nothing before IP. */
const linkTypes: Readonly<Record<number, LinkType>> = {
  1: LinkType.ethernet,
  772: LinkType.ethernet,
  65534: LinkType.raw,
};

/** MachineService/PacketCapture: what passes an interface, as a capture file, until the client has had enough. */
export async function* packetCapture(
  { log }: Pick<Machine, "log">,
  request: machine.PacketCaptureRequest,
  { signal }: Pick<Call, "signal">,
): AsyncGenerator<common.Data.$Properties> {
  using rtnetlink = new Rtnetlink();
  const link = rtnetlink.link(request.interface);
  if (link === undefined) throw new StatusError(Code.notFound, `interface "${request.interface}" not found`);
  const linkType = linkTypeOf(link);
  const snapLength = Math.min(request.snap_len || longestSnap, longestSnap);
  using capture = open(link, {
    ...{ snapLength, promiscuous: request.promiscuous, ignoreOutgoing: link.isLoopback },
    filter: filterOf(request.bpf_filter),
  });
  const ended = new AbortController();
  const end = AbortSignal.any([signal, ended.signal]);
  void untilRemoved(rtnetlink, link.index, end).then(() => ended.abort());
  try {
    yield { bytes: encodeFileHeader(linkType, snapLength) };
    for await (const packets of capture.packets(end)) yield* toData([encodePackets(packets)]);
  } finally {
    ended.abort();
    const { packets, dropped } = capture.statistics();
    log("info", `captured packets of ${link.name}: ${packets}, of them lost for want of room: ${dropped}`);
  }
  if (!signal.aborted) throw new StatusError(Code.unavailable, `interface "${link.name}" has been removed`);
}

function linkTypeOf({ name, type }: Link): LinkType {
  const linkType = linkTypes[type];
  if (linkType !== undefined) return linkType;
  throw new StatusError(Code.invalidArgument, `interface "${name}" has a link type (${type}) that cannot be captured`);
}

/** @throws StatusError InvalidArgument for a filter that the kernel does not take */
function open({ index, name }: Link, options: Omit<CaptureOptions, "linkIndex">): PacketCapture {
  try {
    return new PacketCapture({ linkIndex: index, ...options });
  } catch (thrown) {
    if (!(thrown instanceof SyscallError && thrown.errno === Errno.EINVAL)) throw thrown;
    throw new StatusError(Code.invalidArgument, `the kernel refuses the filter for packets of "${name}"`);
  }
}

function filterOf(instructions: readonly machine.BPFInstruction[]): FilterInstruction[] {
  const isWithin = ({ op, jt, jf }: machine.BPFInstruction) => op <= 0xffff && jt <= 0xff && jf <= 0xff;
  if (instructions.length > longestFilter || !instructions.every(isWithin)) {
    throw new StatusError(
      Code.invalidArgument,
      `a filter has at most ${longestFilter} instructions, each of 16, 8, 8 and 32 bits`,
    );
  }
  return instructions.map(({ op, jt, jf, k }) => ({ code: op, ifTrue: jt, ifFalse: jf, operand: k }));
}

/** Until there is no such link any more, or `signal` aborts. A socket is not told: it hears nothing for ever. */
async function untilRemoved(rtnetlink: Rtnetlink, index: number, signal: AbortSignal): Promise<void> {
  for await (const change of rtnetlink.changes(["link"], signal)) {
    if (change.kind === "resync" && rtnetlink.link(index) === undefined) return;
    if (change.kind === "link" && change.removed && change.link.index === index) return;
  }
}
