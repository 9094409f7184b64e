import { syscall } from "./syscall.ts";
import { check } from "./syscall-error.ts";

const sysSetHostname = syscall("sethostname", ["pointer", "long"]);
const sysSetDomainname = syscall("setdomainname", ["pointer", "long"]);

/** Sets the kernel's host name, at most 64 bytes, sethostname(2). */
export function setHostname(name: string): void {
  const encoded = Buffer.from(name);
  check(sysSetHostname(encoded, encoded.length), () => `Cannot set the host name to "${name}"`);
}

/** Sets the kernel's NIS domain name, at most 64 bytes, setdomainname(2). */
export function setDomainname(name: string): void {
  const encoded = Buffer.from(name);
  check(sysSetDomainname(encoded, encoded.length), () => `Cannot set the domain name to "${name}"`);
}
