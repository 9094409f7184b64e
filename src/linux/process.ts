import { ptr } from "bun:ffi";
import { syscall } from "./syscall.ts";
import { check, SyscallError } from "./syscall-error.ts";

const sysExecve = syscall("execve", ["string", "pointer", "pointer"]);
const sysKill = syscall("kill", ["int", "int"]);
const sysThreadId = syscall("gettid", []);

/**
 * Replaces this process by another program, execve(2); returns only by throwing.
 * The new program finds SIGPIPE ignored, as the JavaScript engine left it.
 */
export function execve(path: string, argv: readonly string[], env: Readonly<Record<string, string>>): never {
  const held = [argv, Object.entries(env).map(([name, value]) => `${name}=${value}`)].map(stringVector);
  const [argVector, envVector] = held;
  if (argVector === undefined || envVector === undefined) throw new RangeError("unreachable: two vectors were made");
  const result = sysExecve(path, argVector.pointers, envVector.pointers);
  // `held` keeps the strings alive until here: the pointers alone do not.
  throw new SyscallError(`Cannot execute "${path}" with ${held.length - 1 + argv.length - 1} arguments`, -result);
}

/** Sends a signal, kill(2); a negative pid is a process group, as -1 is every process. */
export function kill(pid: number, signal: number): void {
  check(sysKill(pid, signal), () => `Cannot send signal ${signal} to process ${pid}`);
}

/** The kernel's id of the calling thread, gettid(2); equal to the process id on the main thread. */
export function threadId(): number {
  return sysThreadId();
}

/** A NULL-terminated `char *[]`, with the strings it points to. */
function stringVector(strings: readonly string[]): { pointers: BigUint64Array; strings: readonly Buffer[] } {
  const buffers = strings.map((text) => Buffer.from(`${text}\0`));
  const pointers = new BigUint64Array(buffers.length + 1);
  for (const [index, buffer] of buffers.entries()) pointers[index] = BigInt(ptr(buffer));
  return { pointers, strings: buffers };
}
