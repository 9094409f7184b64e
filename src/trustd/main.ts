import { follow } from "../cosi/follow.ts";
import { messageOf } from "../errors/message.ts";
import { connect } from "../grpc/client/connect.ts";
import { OSRootSecret } from "../resources/secrets/os-root-secret.ts";
import { TrustdCertificate } from "../resources/secrets/trustd-certificate.ts";
import { trustdProgram } from "../well-known.ts";
import type { SigningAuthority } from "./authority.ts";
import { authorityFrom, identityFrom } from "./from-resources.ts";
import { startTrustd, type Trustd } from "./server.ts";

/** The process `trustd`. Needs no privileges: its port is a high one, and all it reads comes over one socket. */
export async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopping.abort());
  const options = { signal: stopping.signal, onRetry: console.error };

  using state = connect({ target: { unix: trustdProgram.stateSocket } });
  let authority: SigningAuthority | undefined;
  const followAuthority = async () => {
    for await (const root of follow(state, OSRootSecret, "os", options)) authority = authorityFrom(root);
  };
  let trustd: Trustd | undefined;
  const followIdentity = async () => {
    for await (const certificates of follow(state, TrustdCertificate, "trustd", options)) {
      const identity = identityFrom(certificates);
      if (identity === undefined) continue;
      try {
        if (trustd === undefined) {
          trustd = await startTrustd({ identity, authority: () => authority, onError: logFailure });
          console.log(`listening on port ${trustd.port}`);
        } else {
          trustd.replaceIdentity(identity);
          console.log("certificate renewed");
        }
      } catch (thrown) {
        console.error(messageOf(thrown)); // other certificates may follow
      }
    }
  };
  await Promise.all([followAuthority(), followIdentity()]);
  await trustd?.[Symbol.asyncDispose]();
  process.exit(0);
}

const logFailure = (method: string, message: string): void => console.error(`${method}: ${message}`);
