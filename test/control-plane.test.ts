import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { testSecrets } from "../src/config/testing.ts";
import { setAddresses } from "../src/controllers/testing.ts";
import { KubeClient } from "../src/kube/client.ts";
import { accessOf, kubeconfigOf } from "../src/kube/kubeconfig.ts";
import type { KubeObject } from "../src/kube/object.ts";
import { signCertificate } from "../src/pki/index.ts";
import { type ControlPlane, startControlPlane } from "./support/control-plane.ts";
import { eventually } from "./support/eventually.ts";

const minutes = (count: number) => count * 60_000;
const components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
const defaultNamespace = "/api/v1/namespaces/default";
const secret = (name: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name },
  stringData: { word: "plain" },
});

const aescbcEncryptionSecret = Buffer.alloc(32, 7).toString("base64");
/** As clusters were made before version 1.3. */
const olderKey = [
  { op: "add", path: "/cluster/aescbcEncryptionSecret", value: aescbcEncryptionSecret },
  { op: "remove", path: "/cluster/secretboxEncryptionSecret" },
];

/** The names in the certificate that the server shows now. */
async function namesServed({ server, kubeconfig }: ControlPlane): Promise<string> {
  const { hostname, port } = new URL(server);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: hostname, port: Number(port), ca: accessOf(kubeconfig).ca }, () =>
    resolve(socket.getPeerCertificate().subjectaltname ?? ""),
  );
  socket.once("error", reject);
  return promise.finally(() => socket.destroy());
}

/** The programs themselves, on this host, with the arguments and the files that the controllers render. */
describe("the control plane", () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane({ components, patch: olderKey });
  }, minutes(8));

  afterAll(() => plane?.[Symbol.asyncDispose](), minutes(5));

  const untilReady = () =>
    eventually(
      () => plane.client.text("/readyz"),
      (answer) => answer === "ok",
      { intervalMs: 100 },
    );

  /** What etcd itself holds of an object. */
  async function stored(key: string): Promise<string> {
    const { endpoint, ca, certificate: cert, key: privateKey } = plane.etcd;
    const response = await fetch(`${endpoint}/v3/kv/range`, {
      method: "POST",
      body: JSON.stringify({ key: Buffer.from(key).toString("base64") }),
      tls: { ca, cert, key: privateKey },
    });
    const { kvs = [] } = (await response.json()) as { kvs?: { value: string }[] };
    return Buffer.from(kvs[0]?.value ?? "", "base64").toString("latin1");
  }

  test(
    "the manager and the scheduler take their leases",
    async () => {
      for (const name of ["kube-controller-manager", "kube-scheduler"]) {
        const path = `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}`;
        const lease = await eventually(
          () => plane.client.find<KubeObject & { spec: { holderIdentity?: string } }>(path),
          (found) => (found?.spec.holderIdentity ?? "") !== "",
        );
        expect(lease?.metadata?.name).toBe(name);
      }
      // None was started in vain, before the server was ready.
      expect(components.map((id) => plane.pods.starts(id))).toEqual([1, 1, 1]);
    },
    minutes(2),
  );

  test(
    "the manager makes service accounts, and the server trusts the tokens that it signs for them",
    async () => {
      const path = `${defaultNamespace}/serviceaccounts/default`;
      await eventually(
        () => plane.client.find(path),
        (account) => account !== undefined,
      );
      const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
      const { status } = await plane.client.create<KubeObject & { status?: { token: string } }>(
        `${path}/token`,
        request,
      );
      const { server, ca } = accessOf(plane.kubeconfig);
      using account = new KubeClient({ server, ca, token: status?.token ?? "" });
      expect(await account.text("/readyz")).toBe("ok");
      const refused = await account.list("/api/v1/secrets").catch((error: unknown) => error);
      expect(String(refused)).toContain("forbidden");
    },
    minutes(4),
  );

  test("nobody is let in whom another authority vouches for, the machine's own included", async () => {
    const { server, ca } = accessOf(plane.kubeconfig);
    const holder = { commonName: "admin", organizations: ["system:masters"], usages: ["clientAuth"] as const };
    const foreign = await signCertificate(testSecrets.os, {
      ...{ ...holder, validForMs: minutes(5) },
      algorithm: "ecdsa-p256", // what fetch can show
    });
    using stranger = new KubeClient({ server, ca, ...foreign });
    expect(String(await stranger.text("/version").catch((error: unknown) => error))).toMatch(/401|[Uu]nauthorized/);
  });

  test("extensions of the API learn whom to believe: the proxy that its own authority vouches for", async () => {
    const path = "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication";
    const read = () => plane.client.get<KubeObject & { data?: Record<string, string> }>(path);
    const { data } = await eventually(read, () => true, { intervalMs: 100 });
    expect(data?.["requestheader-client-ca-file"]?.trim()).toBe(testSecrets.aggregator.certificate.trim());
    expect(data?.["requestheader-allowed-names"]).toBe('["front-proxy-client"]');
    expect(data?.["client-ca-file"]?.trim()).toBe(testSecrets.kubernetes.certificate.trim());
  });

  test("a pod with rights over its machine is refused", async () => {
    const privileged = {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } },
      spec: { containers: [{ name: "c", image: "registry.test/a:1", securityContext: { privileged: true } }] },
    };
    const refused = await plane.client.create(`${defaultNamespace}/pods`, privileged).catch((error: unknown) => error);
    expect(String(refused)).toContain("violates PodSecurity");
  });

  test("secrets are encrypted in etcd, and other objects are not", async () => {
    await plane.client.create(`${defaultNamespace}/secrets`, secret("first"));
    const value = await stored("/registry/secrets/default/first");
    expect(value).toStartWith("k8s:enc:aescbc:v1:key1:");
    expect(value).not.toContain("plain");
    expect(await stored("/registry/namespaces/default")).toContain("Namespace");
  });

  test("the audit log tells who did what, and only its owner may read it", async () => {
    const path = join(plane.places.auditLog, "kube-apiserver.log");
    // An answer may be there before it is in the log.
    const made = await eventually(
      async () =>
        (await readFile(path, "utf8"))
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
          .find(
            ({ stage, verb, objectRef }) =>
              stage === "ResponseComplete" && verb === "create" && objectRef?.resource === "secrets",
          ),
      (found) => found !== undefined,
      { intervalMs: 50 },
    );
    expect(made).toMatchObject({ level: "Metadata", user: { username: "talos:admin" }, objectRef: { name: "first" } });
    const { mode, uid } = await stat(path);
    expect(mode & 0o777).toBe(0o600);
    if (process.getuid?.() === 0) expect(uid).toBe(65_534);
  });

  test(
    "a new address is served by a new certificate, and nothing is started for it",
    async () => {
      const starts = () => components.map((id) => plane.pods.starts(id));
      const [before, startsBefore] = [await namesServed(plane), starts()];
      expect(before).toContain("DNS:kubernetes.default.svc.cluster.local");
      expect(before).not.toContain("192.0.2.77");
      await setAddresses(plane.machine, ["192.0.2.77/24"]);
      await eventually(
        () => namesServed(plane),
        (names) => names.includes("192.0.2.77"),
        { timeoutMs: minutes(4) },
      );
      expect(starts()).toEqual(startsBefore);
    },
    minutes(6),
  );

  test(
    "a new flag of the server is in force within seconds, and the others go on",
    async () => {
      const [server, ...others] = components;
      // Those may end by themselves when the server is away for long, and are started again.
      const pods = () => others.map((id) => plane.pods.pods(id));
      const [starts, podsBefore] = [plane.pods.starts(server), pods()];
      const beganAt = Date.now();
      await plane.configure([...olderKey, { op: "add", path: "/cluster/apiServer/extraArgs", value: { v: "1" } }]);
      await eventually(
        async () => plane.pods.starts(server),
        (count) => count > starts,
        { intervalMs: 20 },
      );
      // A watch, which is open here, would hold up the end of the old one for longer.
      expect(Date.now() - beganAt).toBeLessThan(25_000);
      await untilReady();
      expect(plane.pods.starts(server)).toBe(starts + 1);
      expect(pods()).toEqual(podsBefore);
    },
    minutes(6),
  );

  test(
    "a new key at rest starts the server anew, and what the old one wrote is read still",
    async () => {
      const before = plane.pods.starts("kube-apiserver");
      await plane.configure({ cluster: { aescbcEncryptionSecret } });
      await eventually(
        async () => plane.pods.starts("kube-apiserver"),
        (count) => count > before,
        { intervalMs: 20 },
      );
      await untilReady();
      await plane.client.create(`${defaultNamespace}/secrets`, secret("second"));
      expect(await stored("/registry/secrets/default/second")).toStartWith("k8s:enc:secretbox:v1:key2:");
      for (const name of ["first", "second"]) {
        const found = await plane.client.get<KubeObject & { data?: { word: string } }>(
          `${defaultNamespace}/secrets/${name}`,
        );
        expect([name, found.data?.word]).toEqual([name, btoa("plain")]);
      }
    },
    minutes(8),
  );

  test(
    "a component that is killed comes back, and serves",
    async () => {
      const before = plane.pods.starts("kube-apiserver");
      plane.pods.crash("kube-apiserver");
      await eventually(
        async () => plane.pods.starts("kube-apiserver"),
        (count) => count > before,
        { intervalMs: 20 },
      );
      await untilReady();
      expect((await plane.client.get(`${defaultNamespace}/secrets/first`)).metadata?.name).toBe("first");
    },
    minutes(2),
  );
});

type Guard = Awaited<ReturnType<typeof startGuard>>;

/** A webhook that allows everything, and remembers what it was asked. */
async function startGuard(kubeconfig: string) {
  const asked: string[] = [];
  const { certificate, key } = await signCertificate(testSecrets.kubernetes, {
    ...{ commonName: "guard", usages: ["serverAuth"], alternativeNames: ["localhost"], validForMs: minutes(30) },
  });
  const server = Bun.serve({
    ...{ hostname: "localhost", port: 0, tls: { cert: certificate, key } },
    async fetch(request) {
      const review = (await request.json()) as { spec: { resourceAttributes?: { verb: string; resource: string } } };
      const { verb = "", resource = "" } = review.spec.resourceAttributes ?? {};
      asked.push(`${verb} ${resource}`);
      return Response.json({ ...review, status: { allowed: true } });
    },
  });
  const access = { server: `https://localhost:${server.port}`, ca: testSecrets.kubernetes.certificate };
  await Bun.write(kubeconfig, kubeconfigOf(access, { cluster: "guard", user: "server" }));
  const connectionInfo = { type: "KubeConfigFile", kubeConfigFile: kubeconfig };
  const webhook = {
    ...{ timeout: "30s", failurePolicy: "Deny", subjectAccessReviewVersion: "v1", connectionInfo },
    ...{ matchConditionSubjectAccessReviewVersion: "v1", authorizedTTL: "30s", unauthorizedTTL: "30s" },
  };
  return { server, kubeconfig, asked, authorizer: { type: "Webhook", name: "guard", webhook } };
}

describe("a control plane as its owner wants it", () => {
  let plane: ControlPlane;
  let guard: Guard;
  let directory: string;
  const apiServer = "/cluster/apiServer";

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "owner-"));
    const file = join(directory, "authentication.json");
    const authentication = { apiVersion: "apiserver.config.k8s.io/v1", kind: "AuthenticationConfiguration", jwt: [] };
    await Bun.write(file, JSON.stringify(authentication));
    guard = await startGuard(join(directory, "guard"));
    for (const path of [directory, file, guard.kubeconfig]) await chmod(path, 0o755);
    plane = await startControlPlane({
      patch: [
        // As the guides remove it.
        { op: "remove", path: `${apiServer}/admissionControl` },
        { op: "add", path: `${apiServer}/certSANs`, value: ["k8s.example.org", "192.0.2.9"] },
        { op: "add", path: `${apiServer}/auditPolicy/rules/0`, value: { level: "None", users: ["talos:admin"] } },
        { op: "add", path: `${apiServer}/authorizationConfig`, value: [guard.authorizer] },
        {
          op: "add",
          path: `${apiServer}/extraArgs`,
          value: { "enable-admission-plugins": "AlwaysPullImages", "authentication-config": file, profiling: "true" },
        },
      ],
    });
  }, minutes(8));

  afterAll(async () => {
    await plane?.[Symbol.asyncDispose]();
    await guard?.server.stop(true);
    await rm(directory, { recursive: true });
  }, minutes(5));

  const pod = (image: string, privileged: boolean): KubeObject => ({
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } },
    ...{
      spec: {
        automountServiceAccountToken: false,
        containers: [{ name: "c", image, securityContext: { privileged } }],
      },
    },
  });

  test("pods are admitted that the default would refuse, by the plugins that were added", async () => {
    await plane.client.create(`${defaultNamespace}/serviceaccounts`, {
      ...{ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } },
    });
    const made = await plane.client.create<KubeObject & { spec?: { containers: { imagePullPolicy: string }[] } }>(
      `${defaultNamespace}/pods`,
      pod("registry.test/a:1", true),
    );
    expect(made.spec?.containers[0]?.imagePullPolicy).toBe("Always");
  });

  test("the names that were added are in the certificate", async () => {
    const names = await namesServed(plane);
    expect(names).toContain("DNS:k8s.example.org");
    expect(names).toContain("IP Address:192.0.2.9");
  });

  test("the authorizer that was added has the last word", async () => {
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    const path = `${defaultNamespace}/serviceaccounts/default/token`;
    const { status } = await plane.client.create<KubeObject & { status?: { token: string } }>(path, request);
    const { server, ca } = accessOf(plane.kubeconfig);
    using account = new KubeClient({ server, ca, token: status?.token ?? "" });
    expect((await account.list("/api/v1/secrets")).items).toEqual([]);
    expect(guard.asked).toContain("list secrets");
  });

  test("the audit log is silent where the policy says so", async () => {
    const log = await eventually(
      () => readFile(join(plane.places.auditLog, "kube-apiserver.log"), "utf8"),
      (text) => text.includes("system:serviceaccount:default:default"),
      { intervalMs: 50 },
    );
    expect(log).not.toContain("talos:admin");
  });

  test("profiles are served, and the authentication file is read", async () => {
    expect(await plane.client.text("/debug/pprof/")).toContain("goroutine");
    expect(await plane.client.text("/metrics")).toContain("apiserver_authentication_config_controller");
  });
});
