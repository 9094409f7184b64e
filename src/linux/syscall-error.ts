import { CString, dlopen, type Pointer } from "bun:ffi";
import { Failure } from "../errors/failure.ts";

const texts = () =>
  dlopen("libc.so.6", {
    strerrorname_np: { args: ["i32"], returns: "ptr" },
    strerrordesc_np: { args: ["i32"], returns: "ptr" },
  }).symbols;
let libc: ReturnType<typeof texts> | undefined;

/** A call that the kernel refused: `Cannot mount xfs on "/var": invalid argument (EINVAL)`. */
export class SyscallError extends Failure {
  /** The positive number, as in <errno.h>. */
  readonly errno: number;
  /** Its name, such as `EINVAL`. */
  readonly code: string;

  constructor(what: string, errno: number, options: { readonly cause?: unknown; readonly hint?: string } = {}) {
    const code = errnoName(errno);
    super(`${what}: ${errnoText(errno)} (${code})`, options);
    this.errno = errno;
    this.code = code;
  }
}

/**
 * Passes on the result of a system call.
 * @param describe says what was tried, `Cannot mount xfs on "/var"`; called only when it failed.
 * @throws SyscallError
 */
export function check(result: number, describe: () => string): number {
  if (result < 0) throw new SyscallError(describe(), -result);
  return result;
}

/** `EINVAL` for 22. */
export function errnoName(errno: number): string {
  libc ??= texts();
  return textAt(libc.strerrorname_np(errno)) ?? `errno ${errno}`;
}

function errnoText(errno: number): string {
  libc ??= texts();
  const text = textAt(libc.strerrordesc_np(errno)) ?? "unknown error";
  // "Invalid argument" continues a sentence; "RFS specific error" keeps its capitals.
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function textAt(address: Pointer | bigint | null): string | undefined {
  return address === null ? undefined : new CString(Number(address) as Pointer).toString();
}
