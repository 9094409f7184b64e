import type { ReconcileContext } from "../../cosi/controller.ts";
import { connectEtcd, type Etcd } from "../../etcd/client.ts";
import type { TlsTarget } from "../../grpc/target.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";

const clientPort = 2379;

/** This machine's member, as its administrator; undefined while there are no certificates for it. */
export async function localEtcd(context: Pick<ReconcileContext, "get">): Promise<Etcd | undefined> {
  const secrets = (await context.get(EtcdSecret, "etcd"))?.spec;
  const root = (await context.get(EtcdRootSecret, "etcd"))?.spec;
  if (secrets === undefined || root === undefined) return undefined;
  const tls: TlsTarget["tls"] = {
    certificate: text(secrets.etcdAdmin.crt),
    key: text(secrets.etcdAdmin.key),
    authorities: [text(root.etcdCA.crt)],
  };
  // It listens on the loopback address whatever else it listens on.
  return connectEtcd({ host: "127.0.0.1", port: clientPort, tls });
}

const text = (pem: Uint8Array) => new TextDecoder().decode(pem);
