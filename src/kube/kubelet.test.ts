import { afterAll, expect, test } from "bun:test";
import { createCertificateAuthority, signCertificate } from "../pki/index.ts";
import { type KubeletAccess, kubeletPods } from "./kubelet.ts";

const minuteMs = 60_000;
const authority = await createCertificateAuthority({ organizations: ["kubernetes"], algorithm: "ecdsa-p256" });
const serving = await signCertificate(authority, {
  ...{ commonName: "n1", alternativeNames: ["n1"] },
  ...{ usages: ["serverAuth"], validForMs: minuteMs },
});
const client = await signCertificate(authority, {
  ...{ commonName: "apiserver-kubelet-client", usages: ["clientAuth"], validForMs: minuteMs },
});
let answer: () => Response = () => Response.json({ kind: "PodList", items: null });
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  tls: { cert: serving.certificate, key: serving.key, ca: authority.certificate, requestCert: true },
  fetch: ({ url }) => (new URL(url).pathname === "/pods" ? answer() : new Response("", { status: 404 })),
});
afterAll(() => server.stop(true));

const access: KubeletAccess = {
  ...{ host: "127.0.0.1", port: server.port ?? 0, nodename: "n1", ca: authority.certificate },
  ...{ certificate: client.certificate, key: client.key },
};
const { signal } = new AbortController();
const failureOf = (given: KubeletAccess) => kubeletPods(given, signal).catch((thrown: unknown) => thrown);

test("a kubelet is asked for its pods by the name in its certificate", async () => {
  expect(await kubeletPods(access, signal)).toEqual([]);
  const pod = { metadata: { name: "web", namespace: "apps" }, status: { phase: "Running" } };
  answer = () => Response.json({ kind: "PodList", items: [pod, { metadata: {} }, 7] });
  expect(await kubeletPods(access, signal)).toEqual([pod]);
});

test("one with another name or of another authority is not believed", async () => {
  const other = await createCertificateAuthority({ organizations: ["kubernetes"], algorithm: "ecdsa-p256" });
  expect(String(await failureOf({ ...access, nodename: "n2" }))).toContain("Cannot list the pods of the kubelet of n2");
  expect(String(await failureOf({ ...access, ca: other.certificate }))).toContain("Cannot list the pods");
});

test.each([
  ["a refusal", () => new Response("", { status: 403 }), "it refused with status 403"],
  ["another kind", () => Response.json({ kind: "Status" }), "no list of pods"],
  ["no JSON", () => new Response("<html>"), "no JSON"],
])("%s is told", async (_, response, reason) => {
  answer = response;
  expect(String(await failureOf(access))).toContain(reason);
});
