import type { ControllerInput, ReconcileContext } from "../../cosi/controller.ts";
import { connectEtcd, type Etcd } from "../../etcd/client.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";
import { identityOf, pemText } from "../secrets/pem-pair.ts";

const clientPort = 2379;

/** Where this machine's member listens, whatever else it listens on. */
export const ownMember = "127.0.0.1";

/** Inputs of controllers that ask members of etcd. */
export const etcdAccessInputs: readonly ControllerInput[] = [
  { kind: EtcdSecret, id: "etcd", strength: "weak" },
  { kind: EtcdRootSecret, id: "etcd", strength: "weak" },
];

/** How controllers find a member, which answers no more than they need; tests have another. */
export type ConnectEtcd<Method extends keyof Etcd> = (
  context: Pick<ReconcileContext, "get">,
) => Promise<(Pick<Etcd, Method> & Disposable) | undefined>;

/** This machine's member, as its administrator; undefined while there are no certificates for it. */
export const localEtcd = (context: Pick<ReconcileContext, "get">): Promise<Etcd | undefined> =>
  etcdAt(context, ownMember);

/** The member of a machine, as its administrator; undefined while this machine has no certificates for that. */
export async function etcdAt(context: Pick<ReconcileContext, "get">, host: string): Promise<Etcd | undefined> {
  const secrets = (await context.get(EtcdSecret, "etcd"))?.spec;
  const root = (await context.get(EtcdRootSecret, "etcd"))?.spec;
  if (secrets === undefined || root === undefined) return undefined;
  const tls = { ...identityOf(secrets.etcdAdmin), authorities: [pemText(root.etcdCA.crt)] };
  return connectEtcd({ host, port: clientPort, tls });
}
