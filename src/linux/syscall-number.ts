import { Failure } from "../errors/failure.ts";

/** Numbers of the calls that libc does not wrap, from <asm/unistd.h>. */
const numbers = {
  x64: {
    pivot_root: 155,
    setgroups: 116,
    io_setup: 206,
    io_destroy: 207,
    io_getevents: 208,
    io_submit: 209,
    io_cancel: 210,
    finit_module: 313,
    delete_module: 176,
    pidfd_open: 434,
    move_mount: 429,
  },
  arm64: {
    pivot_root: 41,
    setgroups: 159,
    io_setup: 0,
    io_destroy: 1,
    io_getevents: 4,
    io_submit: 2,
    io_cancel: 3,
    finit_module: 273,
    delete_module: 106,
    pidfd_open: 434,
    move_mount: 429,
  },
} as const;

function numbersOf(architecture: string): Readonly<Record<keyof typeof numbers.x64, number>> {
  if (architecture === "x64" || architecture === "arm64") return numbers[architecture];
  throw new Failure(`Cannot call the kernel on ${architecture}: only x64 and arm64 are supported`);
}

export const syscallNumber = numbersOf(process.arch);
