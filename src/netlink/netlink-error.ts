import { SyscallError } from "../linux/syscall-error.ts";

/** A request that the kernel refused; `detail` is its own explanation, where it gave one. */
export class NetlinkError extends SyscallError {
  override readonly name = "NetlinkError";
  readonly detail: string | undefined;

  constructor(what: string, errno: number, detail: string | undefined) {
    super(detail === undefined ? what : `${what}: ${detail}`, errno);
    this.detail = detail;
  }
}
