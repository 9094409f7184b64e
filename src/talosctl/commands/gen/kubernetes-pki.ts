import { join } from "node:path";
import type { Secrets } from "../../../config/generate/secrets.ts";
import { Failure } from "../../../errors/failure.ts";
import { type Identity, parseCertificate, parsePrivateKey } from "../../../pki/index.ts";
import { readText } from "../../input-file.ts";

/**
 * What Kubernetes' PKI directory holds, as kubeadm lays it out.
 * @throws Failure naming the file that is missing, or is not what it should be.
 */
export async function readKubernetesPki(
  directory: string,
): Promise<Pick<Secrets, "etcd" | "kubernetes" | "aggregator" | "serviceAccountKey">> {
  const at = (name: string) => join(directory, name);
  const serviceAccountKey = await readText(at("sa.key"));
  checked(at("sa.key"), () => parsePrivateKey(serviceAccountKey));
  return {
    kubernetes: await readAuthority(at("ca")),
    etcd: await readAuthority(at("etcd/ca")),
    aggregator: await readAuthority(at("front-proxy-ca")),
    serviceAccountKey,
  };
}

async function readAuthority(path: string): Promise<Identity> {
  const [certificate, key] = await Promise.all([readText(`${path}.crt`), readText(`${path}.key`)]);
  const { publicKey } = checked(`${path}.crt`, () => parseCertificate(certificate));
  const { publicKey: own } = checked(`${path}.key`, () => parsePrivateKey(key));
  if (Buffer.compare(publicKey, own) === 0) return { certificate, key };
  throw new Failure(`Cannot use "${path}.key": it is not the key of ${path}.crt`);
}

function checked<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Failure(`Cannot use "${file}"`, { cause });
  }
}
