import type { SigningRequest } from "../../../kube/signing-request.ts";
import type { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { nodeUser } from "../../kubelet-access.ts";

/** A kubelet that waits for somebody to approve its serving certificate: until then nobody gets logs of its pods. */
export function pendingRequests(requests: Iterable<SigningRequest>, nodename: string): Diagnostic | undefined {
  const own = [...requests].filter(({ spec }) => spec?.username === nodeUser(nodename));
  const decided = ({ status }: SigningRequest) =>
    status?.conditions?.some(({ type }) => type === "Approved" || type === "Denied" || type === "Failed") ?? false;
  const waiting = own.filter((request) => !decided(request));
  // One that was signed is enough, however many older ones nobody has looked at.
  if (waiting.length === 0 || own.some(({ status }) => status?.certificate)) return undefined;
  return {
    message: "kubelet server certificate rotation is enabled, but CSR is not approved",
    details: [`pending CSRs: ${waiting.map(({ metadata }) => metadata?.name).join(", ")}`],
  };
}
