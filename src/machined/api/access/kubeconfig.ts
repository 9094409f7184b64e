import { gzipSync } from "node:zlib";
import { parseDuration } from "../../../clock/duration.ts";
import { activeConfig } from "../../../controllers/active-config.ts";
import { identityOf, pemText } from "../../../controllers/secrets/pem-pair.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { kubeconfigOf } from "../../../kube/kubeconfig.ts";
import { writeTar } from "../../../oci/tar-writer.ts";
import { signCertificate } from "../../../pki/index.ts";
import type { common, google } from "../../../proto/index.ts";
import { KubernetesRootSecret } from "../../../resources/secrets/kubernetes-root-secret.ts";
import type { Machine } from "../../machine.ts";
import { toData } from "../files/data.ts";

/** Clocks of API servers may be behind ours. */
const backdateMs = 10_000;

/** MachineService/Kubeconfig: access for an administrator, made for this call, as the file of a compressed archive. */
export async function* kubeconfig({ state }: Pick<Machine, "state">, _request: google.protobuf.Empty) {
  const content = new Blob([await adminKubeconfig(state)]);
  const entry = { kind: "file", path: "kubeconfig", mode: 0o600, content } as const;
  const archive = await Array.fromAsync(writeTar([entry], Math.floor(Date.now() / 1_000)));
  yield* toData(once(gzipSync(Buffer.concat(archive)))) satisfies AsyncGenerator<common.Data.$Properties>;
}

/**
 * A kubeconfig whose certificate is new, and lives as long as the config says.
 * @throws StatusError on a machine that cannot sign it.
 */
export async function adminKubeconfig(state: Machine["state"]): Promise<string> {
  const config = await activeConfig(state);
  if (config === undefined) throw new StatusError(Code.failedPrecondition, "the machine has no configuration yet");
  const root = (await state.get(KubernetesRootSecret, "k8s"))?.spec;
  if (root === undefined || root.issuingCA.key.length === 0) {
    throw new StatusError(Code.unimplemented, "kubeconfig is only available on control plane nodes");
  }
  const authority = identityOf(root.issuingCA);
  const client = await signCertificate(authority, {
    commonName: "admin",
    organizations: ["system:masters"],
    usages: ["clientAuth"],
    validForMs: parseDuration(config.cluster.adminKubeconfig.certLifetime),
    backdateMs,
  });
  const ca = root.acceptedCAs.map(({ crt }) => pemText(crt)).join("");
  const names = { cluster: root.name, user: `admin@${root.name}`, context: `admin@${root.name}` };
  return kubeconfigOf({ server: root.endpoint, ca, ...client }, { ...names, namespace: "default" });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
