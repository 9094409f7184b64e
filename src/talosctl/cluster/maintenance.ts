import { connect as connectTls } from "node:tls";
import { Failure } from "../../errors/failure.ts";
import { connect } from "../../grpc/client/connect.ts";
import { parseCertificate } from "../../pki/index.ts";
import { api } from "../../proto/methods.ts";
import { MachineStatus } from "../../resources/runtime/machine-status.ts";

export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * The fingerprint of a machine that waits for its config, once its API answers strangers.
 * @throws while it does not, or does not any more.
 */
export async function fingerprintOf(place: Place, signal: AbortSignal): Promise<string> {
  const fingerprint = await shownFingerprint(place, signal);
  using channel = connect({ target: { ...place, tls: {}, fingerprints: [fingerprint] } });
  const { namespace, type } = MachineStatus;
  await channel.unary(api("cosi.resource.State/Get"), { namespace, type, id: "machine" }, { signal });
  return fingerprint;
}

/** Of the certificate that a new connection is shown. Nobody vouches for it, but the way there is this host's own. */
async function shownFingerprint({ host, port }: Place, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connectTls({ host, port, rejectUnauthorized: false, ALPNProtocols: ["h2"] }, () => {
    const { raw } = socket.getPeerCertificate();
    if (raw === undefined) reject(new Failure(`Cannot tell who ${host}:${port} is: it shows no certificate`));
    else resolve(parseCertificate(raw).fingerprint);
  });
  const stop = () => reject(signal.reason);
  socket.on("error", reject);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}
