import type { ReconcileContext } from "../../cosi/controller.ts";
import { connectEtcd, type Etcd } from "../../etcd/client.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";

const clientPort = 2379;

/** Where this machine's member listens, whatever else it listens on. */
export const ownMember = "127.0.0.1";

/** This machine's member, as its administrator; undefined while there are no certificates for it. */
export const localEtcd = (context: Pick<ReconcileContext, "get">): Promise<Etcd | undefined> =>
  etcdAt(context, ownMember);

/** The member of a machine, as its administrator; undefined while this machine has no certificates for that. */
export async function etcdAt(context: Pick<ReconcileContext, "get">, host: string): Promise<Etcd | undefined> {
  const secrets = (await context.get(EtcdSecret, "etcd"))?.spec;
  const root = (await context.get(EtcdRootSecret, "etcd"))?.spec;
  if (secrets === undefined || root === undefined) return undefined;
  const tls = {
    certificate: text(secrets.etcdAdmin.crt),
    key: text(secrets.etcdAdmin.key),
    authorities: [text(root.etcdCA.crt)],
  };
  return connectEtcd({ host, port: clientPort, tls });
}

const text = (pem: Uint8Array) => new TextDecoder().decode(pem);
