import { dlopen, type FFIFunction, FFIType, type Pointer, read } from "bun:ffi";
import { syscallNumber } from "./syscall-number.ts";

const library = "libc.so.6";

/** What an argument of a C function accepts here. A string becomes NUL-terminated UTF-8; a view passes its address. */
interface ArgumentTypes {
  readonly string: string | null;
  readonly int: number;
  readonly long: number;
  readonly pointer: NodeJS.TypedArray | null;
}

type Argument = keyof ArgumentTypes;
type Arguments<Signature extends readonly Argument[]> = { [I in keyof Signature]: ArgumentTypes[Signature[I]] };

/** Calls the kernel: the result when it is not negative, and `-errno` when the call failed. */
export type Syscall<Signature extends readonly Argument[]> = (...args: Arguments<Signature>) => number;

const ffiType = { string: FFIType.cstring, int: FFIType.i32, long: FFIType.i64_fast, pointer: FFIType.ptr } as const;

// Each thread has its own errno; a Worker evaluates this module anew and so gets its own address.
const errnoAddress = Number(
  dlopen(library, { __errno_location: { args: [], returns: "ptr" } }).symbols.__errno_location(),
) as Pointer;

/**
 * Declares a libc wrapper of a system call. Bound at its first call, so that an unused one costs nothing at boot.
 * @param returns `int`, or `long` for calls that return sizes or offsets.
 */
export function syscall<const Signature extends readonly Argument[]>(
  name: string,
  signature: Signature,
  returns: "int" | "long" = "int",
): Syscall<Signature> {
  let bound: ((...args: unknown[]) => unknown) | undefined;
  return (...args) => {
    bound ??= bind(name, {
      args: signature.map((type) => ffiType[type]),
      returns: ffiType[returns],
    });
    return resultOf(bound(...args));
  };
}

/** Declares a system call that libc does not wrap, by its name in the kernel's table, syscall(2). */
export function rawSyscall<const Signature extends readonly Argument[]>(
  name: keyof typeof syscallNumber,
  signature: Signature,
): Syscall<Signature> {
  let bound: ((...args: unknown[]) => unknown) | undefined;
  return (...args) => {
    bound ??= bind("syscall", {
      args: [FFIType.i64_fast, ...signature.map((type) => ffiType[type])],
      returns: FFIType.i64_fast,
    });
    return resultOf(bound(syscallNumber[name], ...args));
  };
}

function bind(name: string, declaration: FFIFunction): (...args: unknown[]) => unknown {
  const symbols = dlopen(library, { [name]: declaration }).symbols;
  return symbols[name] as unknown as (...args: unknown[]) => unknown;
}

/**
 * Must run right after the call: an allocation in between may enter the kernel (mmap for the garbage collector) and
 * overwrite errno. That is also why no declaration returns a BigInt.
 */
function resultOf(returned: unknown): number {
  return returned === -1 ? -read.i32(errnoAddress, 0) : Number(returned);
}
