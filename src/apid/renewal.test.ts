import { afterAll, expect, test } from "bun:test";
import { connect as connectTls } from "node:tls";
import { connect } from "../grpc/client/connect.ts";
import { implement } from "../grpc/implement.ts";
import { createGrpcServer } from "../grpc/server/server.ts";
import { aborted } from "../grpc/testing/echo.ts";
import { socketPath } from "../grpc/testing/socket-path.ts";
import type { TlsIdentity } from "../grpc/tls-identity.ts";
import { createCertificateAuthority, type Identity, parseCertificate, signCertificate } from "../pki/index.ts";
import { api, methods } from "../proto/methods.ts";
import { type NodeIdentity, startApid } from "./server.ts";

const hourMs = 3_600_000;
const past = () => new Date(Date.now() - 60_000);
const options = { algorithm: "ed25519", organizations: ["talos"], now: past } as const;
/** Both have the same name, as all authorities of machines have: only their keys tell them apart. */
const [old, next] = [await createCertificateAuthority(options), await createCertificateAuthority(options)];

const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());

/** What the node shows, and whom it accepts. */
async function identity(issuer: Identity, ...accepted: readonly Identity[]): Promise<NodeIdentity> {
  const authorities = accepted.map(({ certificate }) => certificate);
  const leaf = { validForMs: hourMs, now: past };
  const server = await signCertificate(issuer, { ...leaf, usages: ["serverAuth"], alternativeNames: ["127.0.0.1"] });
  const client = await signCertificate(issuer, { ...leaf, usages: ["clientAuth"], organizations: ["os:impersonator"] });
  return { server: { ...server, authorities }, client: { ...client, authorities } };
}

async function administrator(issuer: Identity, trusts: Identity): Promise<TlsIdentity> {
  const leaf = { organizations: ["os:admin"], usages: ["clientAuth"] as const, validForMs: hourMs, now: past };
  return { ...(await signCertificate(issuer, leaf)), authorities: [trusts.certificate] };
}

const lines = Promise.withResolvers<void>();
const machine = resources.use(
  createGrpcServer({
    services: {
      "machine.MachineService/Hostname": implement(methods["machine.MachineService/Hostname"], async () => ({
        messages: [{ hostname: "node" }],
      })),
      "machine.MachineService/Logs": implement(methods["machine.MachineService/Logs"], async function* (_, { signal }) {
        yield { bytes: Buffer.from("before") };
        await lines.promise;
        yield { bytes: Buffer.from("after") };
        await aborted(signal);
      }),
    },
  }),
);
const socket = resources.use(socketPath());
await machine.listenUnix(socket.path);

test("certificates and authorities change under an open stream, which goes on", async () => {
  await using apid = await startApid({
    identity: await identity(old, old),
    machineSocket: socket.path,
    host: "127.0.0.1",
    port: 0,
  });
  const asked = async (tls: TlsIdentity): Promise<string | undefined> => {
    using channel = connect({ target: { host: "127.0.0.1", port: apid.port, tls } });
    try {
      const { messages } = await channel.unary(api("machine.MachineService/Hostname"), {}, { timeoutMs: 15_000 });
      return messages[0]?.hostname;
    } catch {
      return undefined;
    }
  };
  using channel = connect({ target: { host: "127.0.0.1", port: apid.port, tls: await administrator(old, old) } });
  const stream = channel.serverStream(api("machine.MachineService/Logs"), { id: "x" })[Symbol.asyncIterator]();
  expect(Buffer.from((await stream.next()).value?.bytes ?? []).toString()).toBe("before");
  const shown = await serialOf(apid.port, await administrator(old, old));

  // The same authority, another certificate: the half of a day is over.
  apid.replaceIdentity(await identity(old, old));
  expect(await serialOf(apid.port, await administrator(old, old))).not.toBe(shown);
  expect(await asked(await administrator(next, old))).toBeUndefined();

  // The next one is accepted besides, then it issues, then the old one is no more.
  apid.replaceIdentity(await identity(old, old, next));
  expect(await asked(await administrator(next, old))).toBe("node");
  apid.replaceIdentity(await identity(next, next, old));
  expect(await asked(await administrator(old, next))).toBe("node");
  expect(await asked(await administrator(old, old))).toBeUndefined();
  apid.replaceIdentity(await identity(next, next));
  expect(await asked(await administrator(old, next))).toBeUndefined();
  expect(await asked(await administrator(next, next))).toBe("node");

  lines.resolve();
  expect(Buffer.from((await stream.next()).value?.bytes ?? []).toString()).toBe("after");
  const { messages } = await channel.unary(api("machine.MachineService/Hostname"), {});
  expect(messages[0]?.hostname).toBe("node");
  await stream.return?.();
});

/** The serial number of the certificate that a new connection is shown. */
function serialOf(port: number, { certificate, key, authorities }: TlsIdentity): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connectTls(
    { host: "127.0.0.1", port, cert: certificate, key: key.replaceAll("ED25519 ", ""), ca: [...authorities] },
    () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve(Buffer.from(parseCertificate(raw).serialNumber).toString("hex"));
    },
  );
  socket.on("error", reject);
  return promise;
}
