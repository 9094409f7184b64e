import { Queue } from "../async/queue.ts";
import { type FollowOptions, follow } from "../cosi/follow.ts";
import type { Channel } from "../grpc/client/channel.ts";
import type { TlsIdentity } from "../grpc/tls-identity.ts";
import { ApiCertificate } from "../resources/secrets/api-certificate.ts";
import { MaintenanceServiceCertificate } from "../resources/secrets/maintenance-service-certificate.ts";
import type { NodeIdentity } from "./server.ts";

/** By what apid serves, and whom. */
export type Mode =
  /** Those whose certificates the machine's authorities have signed. */
  | { readonly kind: "configured"; readonly identity: NodeIdentity }
  /** Everybody, for the little that a machine without a config does. */
  | { readonly kind: "maintenance"; readonly identity: TlsIdentity }
  | { readonly kind: "closed" };

/** This node's certificates, now and whenever they change. */
export async function* followMode(state: Channel, options: FollowOptions): AsyncGenerator<Mode> {
  let api: NodeIdentity | undefined;
  let maintenance: TlsIdentity | undefined;
  using changed = new Queue<void>(1);
  const end = () => changed.close();
  options.signal.addEventListener("abort", end, { once: true });
  const followApi = async () => {
    for await (const certificates of follow(state, ApiCertificate, "api", options)) {
      // One that is being replaced goes for a moment: the door stays as it is until there is another.
      api = (certificates && identityFrom(certificates)) ?? api;
      changed.push();
    }
  };
  const followMaintenance = async () => {
    for await (const certificates of follow(state, MaintenanceServiceCertificate, "maintenance", options)) {
      maintenance = certificates && tlsFrom(certificates.server, []);
      changed.push();
    }
  };
  void Promise.all([followApi(), followMaintenance()]).catch((thrown) => changed.close(thrown));
  for await (const _ of changed) {
    // Who has been configured never again opens to everybody, not even if that certificate lingers.
    if (api !== undefined) yield { kind: "configured", identity: api };
    else yield maintenance === undefined ? { kind: "closed" } : { kind: "maintenance", identity: maintenance };
  }
}

function identityFrom({ acceptedCAs, client, server }: ApiCertificate): NodeIdentity | undefined {
  const authorities = acceptedCAs.map(({ crt }) => text(crt));
  const shown = tlsFrom(server, authorities);
  return shown === undefined ? undefined : { server: shown, client: tlsFrom(client, authorities) };
}

function tlsFrom({ crt, key }: ApiCertificate["server"], authorities: readonly string[]): TlsIdentity | undefined {
  if (crt.length === 0 || key.length === 0) return undefined;
  return { certificate: text(crt), key: text(key), authorities };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
