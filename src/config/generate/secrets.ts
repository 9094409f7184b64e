import { fromBase64, toBase64 } from "../../bytes/base64.ts";
import { Failure } from "../../errors/failure.ts";
import { createCertificateAuthority, generatePrivateKey, type Identity, type KeyAlgorithm } from "../../pki/index.ts";
import { type SectionValue, section, string } from "../describe.ts";
import { ConfigFailure, type Problem } from "../problem.ts";
import { FieldReader } from "../reader.ts";
import { certificateAndKey } from "../v1alpha1/certificate.ts";
import { readYaml, toYaml } from "../yaml.ts";
import { randomIdentity, randomSecret, randomToken } from "./random-token.ts";

const secret = string({ doc: "Secret.", sensitive: true, default: "" });
const authority = certificateAndKey({ doc: "Authority." });

/** The layout of `secrets.yaml`, shared with other tools. */
const layout = section({
  doc: "Secrets of a cluster.",
  fields: {
    cluster: section({ doc: "Identity.", fields: { id: secret, secret } }),
    secrets: section({
      doc: "Tokens.",
      fields: {
        bootstraptoken: secret,
        aescbcencryptionsecret: string({ doc: "Secret.", sensitive: true }),
        secretboxencryptionsecret: secret,
      },
    }),
    trustdinfo: section({ doc: "Joining.", fields: { token: secret } }),
    certs: section({
      doc: "Authorities.",
      fields: {
        etcd: authority,
        k8s: authority,
        k8saggregator: authority,
        k8sserviceaccount: section({ doc: "Key.", fields: { key: secret } }),
        os: authority,
      },
    }),
  },
});

/** Everything that a cluster's configs share and nobody else may know. PEM, tokens and base64 texts. */
export interface Secrets {
  readonly clusterId: string;
  readonly clusterSecret: string;
  readonly bootstrapToken: string;
  readonly aescbcEncryptionSecret?: string;
  readonly secretboxEncryptionSecret: string;
  readonly trustdToken: string;
  readonly etcd: Identity;
  readonly kubernetes: Identity;
  readonly aggregator: Identity;
  /** Private key, PEM. */
  readonly serviceAccountKey: string;
  readonly os: Identity;
}

export interface SecretsOptions {
  /** RSA as Kubernetes documents it; ECDSA takes milliseconds instead of seconds, for tests and older contracts. */
  readonly serviceAccountAlgorithm?: KeyAlgorithm;
  readonly now?: () => Date;
}

/** Makes the secrets of a new cluster. */
export async function generateSecrets(options: SecretsOptions = {}): Promise<Secrets> {
  const { serviceAccountAlgorithm = "rsa-4096", now = () => new Date() } = options;
  const [etcd, kubernetes, aggregator, os, serviceAccount] = await Promise.all([
    createCertificateAuthority({ algorithm: "ecdsa-p256", organizations: ["etcd"], now }),
    createCertificateAuthority({ algorithm: "ecdsa-p256", organizations: ["kubernetes"], now }),
    createCertificateAuthority({ algorithm: "ecdsa-p256", commonName: "front-proxy", now }),
    createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"], now }),
    generatePrivateKey(serviceAccountAlgorithm),
  ]);
  return {
    clusterId: randomIdentity(),
    clusterSecret: randomSecret(),
    bootstrapToken: randomToken(),
    secretboxEncryptionSecret: randomSecret(),
    trustdToken: randomToken(),
    etcd,
    kubernetes,
    aggregator,
    serviceAccountKey: serviceAccount.pem,
    os,
  };
}

/** `secrets.yaml`. Whoever writes it keeps it from other users' eyes. */
export function formatSecrets(secrets: Secrets): string {
  const aescbc = secrets.aescbcEncryptionSecret;
  return toYaml({
    cluster: { id: secrets.clusterId, secret: secrets.clusterSecret },
    secrets: {
      bootstraptoken: secrets.bootstrapToken,
      ...(aescbc === undefined ? {} : { aescbcencryptionsecret: aescbc }),
      secretboxencryptionsecret: secrets.secretboxEncryptionSecret,
    },
    trustdinfo: { token: secrets.trustdToken },
    certs: {
      etcd: encoded(secrets.etcd),
      k8s: encoded(secrets.kubernetes),
      k8saggregator: encoded(secrets.aggregator),
      k8sserviceaccount: { key: toBase64(secrets.serviceAccountKey) },
      os: encoded(secrets.os),
    },
  });
}

/** @throws ConfigFailure with places, or Failure naming the first secret that is missing. */
export function parseSecrets(text: string, file = "secrets.yaml"): Secrets {
  const problems: Problem[] = [];
  const at = new FieldReader(problems);
  const yaml = readYaml(text);
  for (const { message, ...position } of yaml.problems) at.error(position, message);
  const value = layout.read(yaml.documents[0], at);
  if (problems.length > 0) throw new ConfigFailure(problems, file);
  return fromLayout(value, file);
}

function fromLayout(
  { cluster, secrets, trustdinfo, certs }: SectionValue<typeof layout.shape.fields>,
  file: string,
): Secrets {
  const required = (text: string, path: string) => {
    if (text !== "") return text;
    throw new Failure(`Cannot use "${file}": ${path} is missing`);
  };
  const identity = (name: "etcd" | "k8s" | "k8saggregator" | "os"): Identity => ({
    certificate: decoded(required(certs[name]?.crt ?? "", `certs.${name}.crt`)),
    key: decoded(required(certs[name]?.key ?? "", `certs.${name}.key`)),
  });
  const { aescbcencryptionsecret: aescbc } = secrets;
  return {
    clusterId: required(cluster.id, "cluster.id"),
    clusterSecret: required(cluster.secret, "cluster.secret"),
    bootstrapToken: required(secrets.bootstraptoken, "secrets.bootstraptoken"),
    ...(aescbc === undefined ? {} : { aescbcEncryptionSecret: aescbc }),
    secretboxEncryptionSecret: secrets.secretboxencryptionsecret,
    trustdToken: required(trustdinfo.token, "trustdinfo.token"),
    etcd: identity("etcd"),
    kubernetes: identity("k8s"),
    aggregator: identity("k8saggregator"),
    serviceAccountKey: decoded(required(certs.k8sserviceaccount.key, "certs.k8sserviceaccount.key")),
    os: identity("os"),
  };
}

const encoded = ({ certificate, key }: Identity) => ({ crt: toBase64(certificate), key: toBase64(key) });
const decoded = (base64: string): string => Buffer.from(fromBase64(base64)).toString("utf8");
