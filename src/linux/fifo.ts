import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

const sysMkfifo = syscall("mkfifo", ["string", "int"]);

/** Creates a named pipe, mkfifo(3). @throws SyscallError naming the path */
export function makeFifo(path: string, mode: number): void {
  check(sysMkfifo(path, mode), () => `Cannot create the named pipe "${path}"`);
}
