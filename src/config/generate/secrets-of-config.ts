import { fromBase64 } from "../../bytes/base64.ts";
import { Failure } from "../../errors/failure.ts";
import type { Identity } from "../../pki/index.ts";
import type { MachineConfig } from "../machine-config.ts";
import type { Secrets } from "./secrets.ts";

/**
 * The secrets of a cluster from the config of one of its control plane machines.
 * @throws Failure naming the field that is missing; a worker's config has few of them.
 */
export function secretsOfConfig({ machine, cluster, file }: MachineConfig): Secrets {
  const required = (text: string | undefined, path: string): string => {
    if (text !== undefined && text !== "") return text;
    throw new Failure(`Cannot take the secrets out of "${file}": ${path} is missing`, {
      hint: "Only configs of control plane machines hold them all",
    });
  };
  const pem = (base64: string | undefined, path: string): string =>
    Buffer.from(fromBase64(required(base64, path))).toString("utf8");
  const identity = (pair: Pair | undefined, path: string): Identity => ({
    certificate: pem(pair?.crt, `${path}.crt`),
    key: pem(pair?.key, `${path}.key`),
  });
  const { aescbcEncryptionSecret: aescbc, secretboxEncryptionSecret: secretbox } = cluster;
  return {
    clusterId: required(cluster.id, "cluster.id"),
    clusterSecret: required(cluster.secret, "cluster.secret"),
    bootstrapToken: required(cluster.token, "cluster.token"),
    ...(aescbc && { aescbcEncryptionSecret: aescbc }),
    ...(secretbox && { secretboxEncryptionSecret: secretbox }),
    trustdToken: required(machine.token, "machine.token"),
    etcd: identity(cluster.etcd?.ca, "cluster.etcd.ca"),
    kubernetes: identity(cluster.ca, "cluster.ca"),
    aggregator: identity(cluster.aggregatorCA, "cluster.aggregatorCA"),
    serviceAccountKey: pem(cluster.serviceAccount?.key, "cluster.serviceAccount.key"),
    os: identity(machine.ca, "machine.ca"),
  };
}

interface Pair {
  readonly crt: string | undefined;
  readonly key: string | undefined;
}
