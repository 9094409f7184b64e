import { expect, test } from "bun:test";
import { testConfig, testSecrets } from "../../config/testing.ts";
import { implement } from "../../grpc/implement.ts";
import { createGrpcServer } from "../../grpc/server/server.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import {
  createCertificateAuthority,
  type Identity,
  parseCertificate,
  signCertificate,
  signCertificateRequest,
} from "../../pki/index.ts";
import { methods } from "../../proto/methods.ts";
import { ApiCertificate } from "../../resources/secrets/api-certificate.ts";
import { staticEndpointController } from "../k8s/static-endpoint.ts";
import { machineWith, setAddresses, setTime } from "../testing.ts";
import { apiCertificatesController } from "./api.ts";
import { apiCertSansController } from "./api-cert-sans.ts";
import { osRootController } from "./os-root.ts";

const minuteMs = 60_000;
const past = () => new Date(Date.now() - minuteMs);
const stranger = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"], now: past });

/** A control plane's signing service, as strict about tokens as trustd; it signs with an authority of its choice. */
async function controlPlane(authority: () => Identity = () => testSecrets.os) {
  const asked: string[] = [];
  const server = createGrpcServer({
    services: {
      "securityapi.SecurityService/Certificate": implement(
        methods["securityapi.SecurityService/Certificate"],
        async ({ csr }, { metadata }) => {
          const [token] = metadata.get("token") ?? [];
          asked.push(token ?? "");
          if (token !== testSecrets.trustdToken) throw new StatusError(Code.unauthenticated, "invalid token");
          const options = { usages: ["serverAuth"] as const, validForMs: 60 * minuteMs, backdateMs: minuteMs };
          return { crt: Buffer.from(signCertificateRequest(authority(), Buffer.from(csr).toString(), options)) };
        },
      ),
    },
  });
  const identity = await signCertificate(testSecrets.os, {
    usages: ["serverAuth"],
    alternativeNames: ["127.0.0.1"],
    validForMs: 60 * minuteMs,
    backdateMs: minuteMs,
  });
  const { port } = await server.listenTls({
    host: "127.0.0.1",
    port: 0,
    identity: { ...identity, authorities: [] },
    clientCertificate: "none",
  });
  return { asked, port, [Symbol.asyncDispose]: () => server.close() };
}

const worker = (port: number, config = testConfig("worker", { endpoint: "https://cp.example.org:6443" })) =>
  machineWith(
    { config },
    osRootController(),
    apiCertSansController(),
    staticEndpointController({ resolve: async () => ["127.0.0.1"] }),
    apiCertificatesController({ trustdPort: port }),
  );

const namesOf = ({ server }: ApiCertificate) =>
  parseCertificate(new TextDecoder().decode(server.crt)).alternativeNames.toSorted();

test("a worker has its certificate signed, once its clock is right, and again for another address", async () => {
  await using cluster = await controlPlane();
  await using machine = await worker(cluster.port);
  expect(cluster.asked).toEqual([]);
  await setTime(machine);
  const { spec } = await machine.eventually(ApiCertificate, "api");
  expect(namesOf(spec)).toEqual(["10.0.2.15", "127.0.0.1", "::1", "node-1"]);
  expect(spec.client.crt).toHaveLength(0);
  await setAddresses(machine, ["10.0.2.15/24", "192.0.2.7/32"]);
  await machine.eventually(ApiCertificate, "api", (found) => namesOf(found.spec).includes("192.0.2.7"));
  expect(cluster.asked).toHaveLength(2);
});

test("a control plane that refuses is told with its reason, and asked again", async () => {
  await using cluster = await controlPlane();
  const config = testConfig("worker").replace(testSecrets.trustdToken, "abcdef.0000000000000000");
  await using machine = await worker(cluster.port, config.replace("10.0.0.1:6443", "127.0.0.1:6443"));
  await setTime(machine);
  await eventually(() => cluster.asked.length >= 3);
  expect(machine.logged.join("\n")).toContain("127.0.0.1: invalid token");
  expect(machine.logged.join("\n")).not.toContain("abcdef.0000000000000000");
  expect(await machine.state.get(ApiCertificate, "api")).toBeUndefined();
});

test("what no authority of the configuration has signed is not served", async () => {
  let authority: Identity = stranger;
  await using cluster = await controlPlane(() => authority);
  await using machine = await worker(cluster.port);
  await setTime(machine);
  await eventually(() => cluster.asked.length >= 2);
  expect(await machine.state.get(ApiCertificate, "api")).toBeUndefined();
  authority = testSecrets.os;
  await machine.eventually(ApiCertificate, "api");
  expect(machine.logged.join("\n")).toContain("no authority of machine.ca or machine.acceptedCAs signed it");
});
