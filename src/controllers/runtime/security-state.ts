import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../errors/message.ts";
import { SecurityState } from "../../resources/runtime/security-state.ts";
import { factController } from "./fact.ts";

/** The firmware's variables of its own, by their GUID. */
const firmwareVariable = (name: string) => `sys/firmware/efi/efivars/${name}-8be4df61-93ca-11d2-aa0d-00e098032b8c`;

const nothing: SecurityState = {
  secureBoot: false,
  selinuxState: "disabled",
  fipsState: "disabled",
  bootedWithUKI: false,
  moduleSignatureEnforced: false,
};

/** Shows how far firmware and kernel are locked down; a container cannot vouch for its host's. */
export const securityStateController = ({ ownKernel }: { readonly ownKernel: boolean }) =>
  factController({
    name: "runtime.SecurityStateController",
    kind: SecurityState,
    id: "securitystate",
    read: () => (ownKernel ? readSecurityState("/") : nothing),
  });

export function readSecurityState(root: string): SecurityState {
  const text = (path: string) => contentOf(join(root, path))?.toString("utf8").trim();
  // Four bytes of attributes, then the value.
  const isSwitchedOn = (name: string) => contentOf(join(root, firmwareVariable(name)))?.at(4) === 1;
  const enforce = text("sys/fs/selinux/enforce");
  return {
    ...nothing,
    secureBoot: isSwitchedOn("SecureBoot") && !isSwitchedOn("SetupMode"),
    selinuxState: enforce === undefined ? "disabled" : enforce === "1" ? "enabled, enforcing" : "enabled, permissive",
    fipsState: text("proc/sys/crypto/fips_enabled") === "1" ? "enabled" : "disabled",
    moduleSignatureEnforced: text("sys/module/module/parameters/sig_enforce") === "Y",
  };
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    return undefined; // no such firmware, or a kernel without the feature
  }
}
