import { defineController } from "../../../cosi/controller.ts";
import { type Certificate, parseCertificate } from "../../../pki/index.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { EtcdRootSecret } from "../../../resources/secrets/etcd-root-secret.ts";
import { KubernetesRootSecret } from "../../../resources/secrets/kubernetes-root-secret.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { TimeStatus } from "../../../resources/time/time-status.ts";

const id = "clock";
/** Others than we may set the clock, and nothing tells of it. */
const againMs = 10 * 60_000;
/** While it is wrong, whoever mends it wants to see that soon. */
const againWhenWrongMs = 5_000;

/**
 * Says that the clock is far off. Nobody can know what time it is, but an authority that the cluster's owner made is
 * older than the machine that has it: before it begins, no certificate is valid, and everything fails for that reason.
 */
export const clockDiagnosticController = ({ now = () => new Date() } = {}) =>
  defineController({
    name: "runtime.ClockDiagnosticController",
    inputs: [
      { kind: OSRootSecret, id: "os", strength: "weak" },
      { kind: KubernetesRootSecret, id: "k8s", strength: "weak" },
      { kind: EtcdRootSecret, id: "etcd", strength: "weak" },
      { kind: TimeStatus, id: "node", strength: "weak" },
    ],
    outputs: [{ kind: Diagnostic, sharing: "shared" }],
    async reconcile(context) {
      const os = (await context.get(OSRootSecret, "os"))?.spec.issuingCA;
      const kubernetes = (await context.get(KubernetesRootSecret, "k8s"))?.spec.issuingCA;
      const etcd = (await context.get(EtcdRootSecret, "etcd"))?.spec.etcdCA;
      const authorities = [
        { of: "the machines' API", pem: os?.crt },
        { of: "Kubernetes", pem: kubernetes?.crt },
        { of: "etcd", pem: etcd?.crt },
      ];
      const at = now();
      const wrong = authorities.flatMap(({ of, pem }) => problemOf(of, certificateIn(pem), at));
      if (wrong.length === 0) {
        await context.destroy(Diagnostic, id);
        return context.requeueAfter(againMs);
      }
      const time = (await context.get(TimeStatus, "node"))?.spec;
      await context.put(Diagnostic, id, {
        message: `the clock says ${at.toISOString().slice(0, 10)}, when certificate authorities are not valid`,
        details: [...wrong, ...adviceFor(time)],
      });
      context.requeueAfter(againWhenWrongMs);
    },
  });

function certificateIn(pem: Uint8Array | undefined): Certificate | undefined {
  if (pem === undefined || pem.length === 0) return undefined;
  try {
    return parseCertificate(new TextDecoder().decode(pem));
  } catch {
    return undefined; // whoever uses it says so
  }
}

function problemOf(of: string, authority: Certificate | undefined, at: Date): string[] {
  if (authority === undefined) return [];
  if (at < authority.notBefore) return [`the authority of ${of} begins at ${authority.notBefore.toISOString()}`];
  return at > authority.notAfter ? [`the authority of ${of} ended at ${authority.notAfter.toISOString()}`] : [];
}

const adviceFor = (time: TimeStatus | undefined): string[] => {
  const kept = time?.syncDisabled
    ? "nobody keeps the clock: time synchronisation is off, or the clock is a container host's"
    : "talosctl time compares it with a time server, talosctl get timeservers shows which are asked";
  return [kept, "once the clock is right, everything goes on by itself"];
};
