import { ptr } from "bun:ffi";
import { SocketOption, setSocketOption } from "./socket.ts";
import { struct, u8, u16, u32, u64 } from "./struct.ts";

/** struct sock_filter and struct sock_fprog, <linux/filter.h>. */
export const filterInstruction = struct({ code: u16, ifTrue: u8, ifFalse: u8, operand: u32 });
export const filterProgram = struct({ length: u16, instructions: u64 });

/** Operations of the kernel's packet filter, from <linux/filter.h>; `load…` by absolute place or behind X. */
export const FilterCode = {
  loadByte: 0x30,
  loadWord: 0x20,
  loadHalf: 0x28,
  loadHalfBehind: 0x48,
  headerSizeToX: 0xb1,
  ifEqual: 0x15,
  ifAnyBit: 0x45,
  answer: 0x06,
} as const;

const udp = 17;
const fragmentOffset = 0x1fff;
const everything = 0x40000;

/** Lets only unfragmented IPv4 packets of UDP to one port through: the kernel drops the rest before it wakes anyone. */
export function acceptOnlyUdpPort(fd: number, port: number): void {
  const { loadByte, loadHalf, loadHalfBehind, headerSizeToX, ifEqual, ifAnyBit, answer } = FilterCode;
  attachFilter(fd, [
    { code: loadByte, operand: 9 },
    { code: ifEqual, operand: udp, ifFalse: 6 },
    { code: loadHalf, operand: 6 },
    { code: ifAnyBit, operand: fragmentOffset, ifTrue: 4 },
    { code: headerSizeToX, operand: 0 },
    { code: loadHalfBehind, operand: 2 },
    { code: ifEqual, operand: port, ifFalse: 1 },
    { code: answer, operand: everything },
    { code: answer, operand: 0 },
  ]);
}

const arpSender = 14;

/** Lets only ARP packets of Ethernet through whose sender has an IPv4 address: four bytes. */
export function acceptOnlyArpFrom(fd: number, address: Uint8Array): void {
  const operand = new DataView(address.buffer, address.byteOffset).getUint32(0);
  const { loadWord, ifEqual, answer } = FilterCode;
  attachFilter(fd, [
    { code: loadWord, operand: arpSender },
    { code: ifEqual, operand, ifFalse: 1 },
    { code: answer, operand: everything },
    { code: answer, operand: 0 },
  ]);
}

/** The kernel copies the program; a socket has one at most, and a later one replaces it. */
export function attachFilter(
  fd: number,
  instructions: readonly Partial<ReturnType<typeof filterInstruction.decode>>[],
): void {
  const program = Buffer.concat(instructions.map((instruction) => filterInstruction.encode(instruction)));
  const head = filterProgram.encode({ length: instructions.length, instructions: ptr(program) });
  setSocketOption(fd, SocketOption.socketLevel, SocketOption.attachFilter, head);
  // The kernel has copied the program; until here its bytes must stay where the pointer says.
  program.fill(0);
}
