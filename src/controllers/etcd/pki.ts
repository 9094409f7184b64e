import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { defineController } from "../../cosi/controller.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { PKIStatus } from "../../resources/etcd/pki-status.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { EtcdSecret } from "../../resources/secrets/etcd-secret.ts";

/** User and group that etcd runs as. */
export const etcdUser = 60;
const ownerMayRead = 0o400;

export interface EtcdPkiOptions {
  readonly directory?: string;
  /** Another owner, for tests that are not root. */
  readonly user?: number;
}

/** Writes etcd's certificates and keys where etcd, and nobody else, can read them. */
export const etcdPkiController = ({ directory = "/system/secrets/etcd", user = etcdUser }: EtcdPkiOptions = {}) =>
  defineController({
    name: "etcd.PKIController",
    inputs: [
      { kind: EtcdRootSecret, id: "etcd", strength: "weak" },
      { kind: EtcdSecret, id: "etcd", strength: "weak" },
    ],
    outputs: [{ kind: PKIStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const root = await context.get(EtcdRootSecret, "etcd");
      const secrets = await context.get(EtcdSecret, "etcd");
      if (root === undefined || secrets === undefined) return;
      const version = `${root.metadata.version}.${secrets.metadata.version}`;
      if ((await context.get(PKIStatus, "etcd"))?.spec.version !== version) {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await chown(directory, user, user);
        const { etcd, etcdPeer, etcdAdmin } = secrets.spec;
        await write("ca.crt", root.spec.etcdCA.crt);
        for (const [name, { crt, key }] of Object.entries({ server: etcd, peer: etcdPeer, admin: etcdAdmin })) {
          await write(`${name}.crt`, crt);
          await write(`${name}.key`, key);
        }
      }
      await context.put(PKIStatus, "etcd", { ready: true, version });

      async function write(name: string, content: Uint8Array): Promise<void> {
        await durableWrite(join(directory, name), content, ownerMayRead);
        await chown(join(directory, name), user, user);
      }
    },
  });
