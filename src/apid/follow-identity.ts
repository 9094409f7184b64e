import { type FollowOptions, follow } from "../cosi/follow.ts";
import type { Channel } from "../grpc/client/channel.ts";
import type { TlsIdentity } from "../grpc/tls-identity.ts";
import { ApiCertificate } from "../resources/secrets/api-certificate.ts";
import type { NodeIdentity } from "./server.ts";

/** This node's certificates, now and whenever they are renewed; waits for them while there are none. */
export async function* followIdentity(state: Channel, options: FollowOptions): AsyncGenerator<NodeIdentity> {
  for await (const certificates of follow(state, ApiCertificate, "api", options)) {
    const identity = certificates === undefined ? undefined : identityFrom(certificates);
    if (identity !== undefined) yield identity;
  }
}

function identityFrom({ acceptedCAs, client, server }: ApiCertificate): NodeIdentity | undefined {
  const authorities = acceptedCAs.map(({ crt }) => text(crt));
  const tls = ({ crt, key }: ApiCertificate["server"]): TlsIdentity | undefined =>
    crt.length === 0 || key.length === 0 ? undefined : { certificate: text(crt), key: text(key), authorities };
  const shown = tls(server);
  return shown === undefined ? undefined : { server: shown, client: tls(client) };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
