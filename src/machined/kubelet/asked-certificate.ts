import { existsSync } from "node:fs";
import { Backoff } from "../../async/backoff.ts";
import { pause } from "../../async/pause.ts";
import { fromBase64, toBase64 } from "../../bytes/base64.ts";
import { bootstrapAccess, registers } from "../../controllers/kubelet-access.ts";
import { type KubeletFiles, kubeletFiles } from "../../controllers/kubelet-files.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { KubeClient } from "../../kube/client.ts";
import { follow } from "../../kube/follow.ts";
import type { KubeObject } from "../../kube/object.ts";
import { type SigningRequest, signingRequests } from "../../kube/signing-request.ts";
import { createCertificateRequest, generatePrivateKey } from "../../pki/index.ts";
import type { KubeletSpec } from "../../resources/k8s/kubelet-spec.ts";
import type { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import { leaveClientCertificate, nodeSubject } from "./client-certificate.ts";

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Told what is in the way, each once. */
  readonly report: (message: string) => void;
  /** Then the kubelet is to begin without, and go on asking: static pods need no API server. */
  readonly patienceMs?: number;
  readonly files?: KubeletFiles;
}

/** A cluster that begins together with this machine has its controller manager by then. */
const defaultPatienceMs = 30_000;
/** An API server that starts refuses at first, and refusing costs it next to nothing. */
const unreachable = { initialMs: 100, maximumMs: 1_000 };
/** A request that was turned down stays in the cluster: a few of them say as much as many. */
const turnedDown = { initialMs: 2_000, maximumMs: 16_000 };

/** There is a request, and it will not be granted. */
class TurnedDownFailure extends Failure {
  override readonly name = "TurnedDownFailure";
}

/**
 * Asks the cluster for the kubelet's first certificate, by the cluster's token, unless it has one. The kubelet can ask
 * itself, but tries to register meanwhile, ever more seldom: with the certificate it registers as soon as it starts.
 */
export async function askForFirstCertificate(
  spec: KubeletSpec,
  secret: KubeletSecret,
  { signal, report, patienceMs = defaultPatienceMs, files = kubeletFiles }: AskOptions,
): Promise<void> {
  const { expectedNodename: name } = spec;
  if (name === undefined || !registers(spec) || existsSync(files.kubeconfig)) return;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  using client = new KubeClient(bootstrapAccess(secret));
  const key = await generatePrivateKey("ecdsa-p256");
  const request = toBase64(createCertificateRequest(key, nodeSubject(name)));
  const [unreachableBackoff, turnedDownBackoff] = [new Backoff(unreachable), new Backoff(turnedDown)];
  const told = new Set<string>();
  const tell = (thrown: unknown) => {
    const problem = messageOf(thrown);
    if (!told.has(problem)) report(`Waiting for the kubelet's certificate: ${problem}`);
    told.add(problem);
  };
  while (!limit.aborted) {
    try {
      const certificate = await certificateFor(client, request, limit, tell);
      return await leaveClientCertificate({ certificate, key: key.pem }, secret, files);
    } catch (thrown) {
      if (limit.aborted) break;
      tell(thrown);
      await pause((thrown instanceof TurnedDownFailure ? turnedDownBackoff : unreachableBackoff).next(), limit);
    }
  }
  signal.throwIfAborted();
  report("Starting the kubelet without a certificate: it goes on asking for one");
}

/**
 * Makes the request and waits until somebody has approved and signed it.
 * @param request PKCS #10, base64 of PEM
 * @returns PEM
 */
async function certificateFor(
  client: KubeClient,
  request: string,
  signal: AbortSignal,
  onRetry: (thrown: unknown) => void,
): Promise<string> {
  const made = await client.create<KubeObject>(signingRequests, wishOf(request), signal);
  const name = made.metadata?.name ?? "";
  const query = { fieldSelector: `metadata.name=${name}` };
  const options = { backoff: unreachable, onRetry: (_: string, thrown: unknown) => onRetry(thrown) };
  for await (const objects of follow<SigningRequest>(client, signingRequests, query, signal, options)) {
    const { certificate, conditions = [] } = objects.get(name)?.status ?? {};
    if (certificate) return new TextDecoder().decode(fromBase64(certificate));
    const refusal = conditions.find(({ type }) => type === "Denied" || type === "Failed");
    if (refusal !== undefined)
      throw new TurnedDownFailure(`Cannot use request ${name}: ${refusal.message ?? refusal.type}`);
    if (!objects.has(name)) throw new TurnedDownFailure(`Cannot find request ${name}: somebody has deleted it`);
  }
  throw new Failure(`Cannot wait for request ${name} any longer`);
}

/** As kubelets ask, which the controller manager approves. */
const wishOf = (request: string): KubeObject & { readonly spec: object } => ({
  apiVersion: "certificates.k8s.io/v1",
  kind: "CertificateSigningRequest",
  metadata: { generateName: "node-csr-" },
  spec: {
    request,
    signerName: "kubernetes.io/kube-apiserver-client-kubelet",
    usages: ["digital signature", "client auth"],
  },
});
