import { identityOf } from "../../../controllers/secrets/pem-pair.ts";
import type { Channel } from "../../../grpc/client/channel.ts";
import { connect } from "../../../grpc/client/connect.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { type Role, signCertificate } from "../../../pki/index.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { apidProgram } from "../../../well-known.ts";
import type { Machine } from "../../machine.ts";

/** Longer than any call that is made with it. */
const marginMs = 10 * 60_000;

/**
 * This machine's own API as a caller of these roles sees it, nodes behind it included. apid takes us for any other
 * client: nobody gets around its checks, and no socket stands open for those who claim to be somebody.
 * @throws StatusError on a machine that cannot sign certificates, which forwards no calls either.
 */
export async function localApi(state: Machine["state"], roles: Iterable<Role>, validForMs: number): Promise<Channel> {
  const root = (await state.get(OSRootSecret, "os"))?.spec;
  if (root === undefined || root.issuingCA.key.length === 0) {
    throw new StatusError(Code.unimplemented, "other nodes can be asked through control plane nodes only");
  }
  const authority = identityOf(root.issuingCA);
  const client = await signCertificate(authority, {
    organizations: [...roles],
    usages: ["clientAuth"],
    validForMs: validForMs + marginMs,
    backdateMs: marginMs,
  });
  const tls = { ...client, authorities: [authority.certificate] };
  return connect({ target: { host: "127.0.0.1", port: apidProgram.port, tls } });
}
