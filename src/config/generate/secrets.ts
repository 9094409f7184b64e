import { fromBase64, toBase64 } from "../../bytes/base64.ts";
import { Failure } from "../../errors/failure.ts";
import { createCertificateAuthority, generatePrivateKey, type Identity, type KeyAlgorithm } from "../../pki/index.ts";
import { type SectionValue, section, string } from "../describe.ts";
import { ConfigFailure, type Problem } from "../problem.ts";
import { FieldReader } from "../reader.ts";
import { certificateAndKey } from "../v1alpha1/certificate.ts";
import { readYaml, toYaml } from "../yaml.ts";
import { type Contract, has } from "./contract.ts";
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
        secretboxencryptionsecret: string({ doc: "Secret.", sensitive: true }),
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
  /** One of the two encrypts what Kubernetes keeps in etcd; clusters of versions before 1.3 have the first. */
  readonly aescbcEncryptionSecret?: string;
  readonly secretboxEncryptionSecret?: string;
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
  /** Version of Talos that the cluster runs; ours by default. */
  readonly contract?: Contract;
  /** What the cluster has already; only the rest is made. */
  readonly known?: Partial<Secrets>;
  readonly now?: () => Date;
}

/** Makes the secrets of a new cluster. */
export async function generateSecrets(options: SecretsOptions = {}): Promise<Secrets> {
  const { contract, known = {}, now = () => new Date() } = options;
  const { serviceAccountAlgorithm = has("rsaServiceAccountKey", contract) ? "rsa-4096" : "ecdsa-p256" } = options;
  const make = (names: Names, algorithm: KeyAlgorithm = "ecdsa-p256") =>
    createCertificateAuthority({ algorithm, ...names, now });
  const [etcd, kubernetes, aggregator, os, serviceAccountKey] = await Promise.all([
    known.etcd ?? make({ organizations: ["etcd"] }),
    known.kubernetes ?? make({ organizations: ["kubernetes"] }),
    known.aggregator ?? make({ commonName: "front-proxy" }),
    known.os ?? make({ organizations: ["talos"] }, "ed25519"),
    known.serviceAccountKey ?? generatePrivateKey(serviceAccountAlgorithm).then(({ pem }) => pem),
  ]);
  return {
    clusterId: randomIdentity(),
    clusterSecret: randomSecret(),
    bootstrapToken: randomToken(),
    ...(has("secretboxEncryption", contract)
      ? { secretboxEncryptionSecret: randomSecret() }
      : { aescbcEncryptionSecret: randomSecret() }),
    trustdToken: randomToken(),
    ...known,
    ...{ etcd, kubernetes, aggregator, serviceAccountKey, os },
  };
}

type Names = Pick<Parameters<typeof createCertificateAuthority>[0], "commonName" | "organizations">;

/** `secrets.yaml`. Whoever writes it keeps it from other users' eyes. */
export function formatSecrets(secrets: Secrets): string {
  const { aescbcEncryptionSecret: aescbc, secretboxEncryptionSecret: secretbox } = secrets;
  return toYaml({
    cluster: { id: secrets.clusterId, secret: secrets.clusterSecret },
    secrets: {
      bootstraptoken: secrets.bootstrapToken,
      ...(aescbc === undefined ? {} : { aescbcencryptionsecret: aescbc }),
      ...(secretbox === undefined ? {} : { secretboxencryptionsecret: secretbox }),
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
  const { aescbcencryptionsecret: aescbc, secretboxencryptionsecret: secretbox } = secrets;
  if (!aescbc && !secretbox) throw new Failure(`Cannot use "${file}": secrets.secretboxencryptionsecret is missing`);
  return {
    clusterId: required(cluster.id, "cluster.id"),
    clusterSecret: required(cluster.secret, "cluster.secret"),
    bootstrapToken: required(secrets.bootstraptoken, "secrets.bootstraptoken"),
    ...(aescbc && { aescbcEncryptionSecret: aescbc }),
    ...(secretbox && { secretboxEncryptionSecret: secretbox }),
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
