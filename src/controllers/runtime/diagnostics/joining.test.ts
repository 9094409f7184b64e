import { expect, test } from "bun:test";
import { runtimeWith } from "../../../cosi/testing.ts";
import { createCertificateAuthority, signCertificate } from "../../../pki/index.ts";
import { KubeletKubeconfig } from "../../../resources/k8s/kubelet-kubeconfig.ts";
import { KubeletSpec } from "../../../resources/k8s/kubelet-spec.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { KubeletSecret } from "../../../resources/secrets/kubelet-secret.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { joiningController } from "./joining.ts";

const authority = await createCertificateAuthority({ organizations: ["kubernetes"], algorithm: "ecdsa-p256" });
const stranger = await createCertificateAuthority({ organizations: ["kubernetes"], algorithm: "ecdsa-p256" });
const serving = await signCertificate(authority, {
  ...{ commonName: "kube-apiserver", alternativeNames: ["127.0.0.1"], algorithm: "ecdsa-p256" },
  ...{ usages: ["serverAuth"], validForMs: 3_600_000, backdateMs: 60_000 },
});
const goodToken = "abcdef.0123456789abcdef";

/** As an API server answers to a bootstrap token, and to another. */
const serve = (port = 0) =>
  Bun.serve({
    ...{ hostname: "127.0.0.1", port, tls: { cert: serving.certificate, key: serving.key } },
    fetch: ({ headers }) =>
      headers.get("authorization") === `Bearer ${goodToken}`
        ? Response.json({ kind: "List", metadata: {}, items: [] })
        : Response.json(
            { kind: "Status", code: 401, reason: "Unauthorized", message: "Unauthorized" },
            { status: 401 },
          ),
  });

const secretFor = (port: number, token: string, ca = authority.certificate): KubeletSecret => {
  const [bootstrapTokenID = "", bootstrapTokenSecret = ""] = token.split(".");
  const acceptedCAs = [{ crt: new TextEncoder().encode(ca) }];
  return { endpoint: `https://127.0.0.1:${port}`, acceptedCAs, bootstrapTokenID, bootstrapTokenSecret };
};

test("a wrong token, authority or endpoint keeps a kubelet out, which is told until it is in", async () => {
  const server = serve();
  const port = server.port ?? 0;
  await using machine = await runtimeWith(joiningController({ patienceMs: 5, againMs: 5 }));
  await machine.state.create(KubeletSecret, "kubelet", secretFor(port, "abcdef.ffffffffffffffff"));
  const registering = { image: "i", args: ["--bootstrap-kubeconfig=/b"], config: {} };
  await machine.state.create(KubeletSpec, "kubelet", registering);
  await machine.state.create(Service, "kubelet", { running: true, healthy: true, unknown: false });
  const untilTold = (words: string) =>
    machine.eventually(Diagnostic, "kubelet-join", ({ spec }) => spec.details.join().includes(words));

  const wrongToken = await untilTold("cluster.token of this machine is not that of the control plane");
  expect(wrongToken.spec.message).toBe("Kubernetes does not let this machine's kubelet in");
  expect(wrongToken.spec.details.join()).not.toContain("ffffffffffffffff");

  const use = (secret: KubeletSecret) => machine.state.modify(KubeletSecret, "kubelet", () => secret);
  await use(secretFor(port, goodToken, stranger.certificate));
  await untilTold("cluster.ca of this machine is not the control plane's authority");
  await use(secretFor(port, goodToken));
  await untilTold("kubectl get csr");
  await server.stop(true);
  await untilTold("is cluster.controlPlane.endpoint right");

  // One that is not to register is let into no cluster.
  await machine.state.modify(KubeletSpec, "kubelet", () => ({ ...registering, args: [] }));
  await machine.eventuallyGone(Diagnostic, "kubelet-join");
  await machine.state.modify(KubeletSpec, "kubelet", () => registering);
  await untilTold("is cluster.controlPlane.endpoint right");

  await machine.state.create(KubeletKubeconfig, "kubelet", { hash: "h" });
  await machine.eventuallyGone(Diagnostic, "kubelet-join");
});
