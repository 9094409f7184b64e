import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createCertificateAuthority, signCertificate } from "../pki/index.ts";
import type { KubeAccess } from "./access.ts";
import { KubeClient } from "./client.ts";
import { UnknownKind } from "./discovery.ts";
import { follow } from "./follow.ts";
import { type KubeError, KubeUnreachable } from "./kube-error.ts";
import type { KubeObject } from "./object.ts";

type Answer = (url: URL, request: Request) => Response | Promise<Response>;

/** What only a server on a bad day answers, over real TLS; the good days are tested with a real API server. */
let answers: Answer[] = [];
let asked: URL[] = [];
let server: Bun.Server<undefined>;
let access: KubeAccess;
let client: KubeClient;

beforeAll(async () => {
  const authority = await createCertificateAuthority({ algorithm: "ecdsa-p256", organizations: ["kubernetes"] });
  const leaf = await signCertificate(authority, {
    ...{ commonName: "server", usages: ["serverAuth"], alternativeNames: ["localhost"], validForMs: 3_600_000 },
  });
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    tls: { cert: leaf.certificate, key: leaf.key },
    fetch: (request) => {
      const url = new URL(request.url);
      asked.push(url);
      return answers.shift()?.(url, request) ?? new Response("no more answers", { status: 500 });
    },
  });
  access = { server: `https://localhost:${server.port}`, ca: authority.certificate };
  client = new KubeClient(access);
});

afterAll(async () => {
  client[Symbol.dispose]();
  await server.stop(true);
});

beforeEach(() => {
  answers = [];
  asked = [];
});

const json =
  (body: unknown, init?: ResponseInit): Answer =>
  () =>
    Response.json(body, init);
const page = (names: readonly string[], metadata: object = {}) =>
  json({
    kind: "PodList",
    apiVersion: "v1",
    metadata: { resourceVersion: "7", ...metadata },
    items: names.map((name) => ({ metadata: { name } })),
  });
const gone = { kind: "Status", code: 410, reason: "Expired", message: "too old" };
const events =
  (...list: readonly unknown[]): Answer =>
  () =>
    new Response(list.map((event) => `${JSON.stringify(event)}\n`).join(""));
const failureOf = (promise: Promise<unknown>): Promise<KubeError> =>
  promise.then(
    () => Promise.reject(new Error("it did not fail")),
    (thrown: KubeError) => thrown,
  );

describe("a request", () => {
  test("it says who asks: Kubernetes names whoever changes an object so", async () => {
    answers = [(_, request) => Response.json({ kind: request.headers.get("user-agent") })];
    expect((await client.get<KubeObject>("/api/v1/nodes/a")).kind).toBe("machined");
  });

  test("is repeated when an overloaded server says when", async () => {
    answers = [json({}, { status: 429, headers: { "retry-after": "0" } }), json({ kind: "Pod" })];
    expect(await client.get("/api/v1/pods/a")).toEqual({ kind: "Pod" });
    expect(asked).toHaveLength(2);
  });

  test("is not repeated for ever, nor when a disruption budget says no", async () => {
    const busy = json({ message: "busy" }, { status: 429, headers: { "retry-after": "0" } });
    answers = [busy, busy, busy, busy, busy, busy];
    expect((await failureOf(client.get("/api/v1/pods/a"))).message).toBe("Cannot get /api/v1/pods/a: busy (429)");
    expect(asked).toHaveLength(5);
    const details = { causes: [{ reason: "DisruptionBudget" }] };
    answers = [json({ code: 429, details }, { status: 429, headers: { "retry-after": "10" } })];
    expect(await failureOf(client.create("/api/v1/pods/a/eviction", {}))).toMatchObject({
      ...{ code: 429, causes: ["DisruptionBudget"], retryAfterMs: 10_000 },
    });
  });

  test("is refused also by a server that falls silent while it says why", async () => {
    const half = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new TextEncoder().encode("the API server is shutting"));
        return new Promise(() => undefined);
      },
    });
    answers = [() => new Response(half, { status: 503 })];
    using hasty = new KubeClient(access, { timeoutMs: 1_500 });
    const { code, message } = await failureOf(hasty.get("/api/v1/pods/a"));
    expect([code, message]).toEqual([503, "Cannot get /api/v1/pods/a: the API server refused (503)"]);
  });

  test("ends with its deadline, its signal, or the client", async () => {
    const silent: Answer = () => new Promise<Response>(() => undefined);
    answers = [silent, silent, silent];
    using hasty = new KubeClient(access, { timeoutMs: 50 });
    expect((await failureOf(hasty.get("/version"))).message).toBe("Cannot get /version: no answer within 0.05 s");
    const stopping = new AbortController();
    const stopped = failureOf(client.get("/version", stopping.signal));
    stopping.abort(new Error("enough"));
    expect((await stopped).message).toBe("enough");
    const closing = new KubeClient(access);
    const closed = failureOf(closing.get("/version"));
    closing[Symbol.dispose]();
    expect((await closed).message).toContain("the client is closed");
  });

  test("says who hung up, in its own words", async () => {
    using rude = Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data: (socket) => void socket.terminate() } });
    const host = `127.0.0.1:${rude.port}`;
    using asking = new KubeClient({ ...access, server: `http://${host}` });
    expect((await failureOf(asking.get("/version"))).message).toBe(
      `Cannot get /version: ${host} has closed the connection`,
    );
  });

  test("that gets no answer, or half of one, says so", async () => {
    using nowhere = new KubeClient({ ...access, server: "https://localhost:1" });
    const refused = await failureOf(nowhere.get("/version"));
    expect(refused).toBeInstanceOf(KubeUnreachable);
    expect(refused.message).toBe("Cannot get /version: nobody listens at localhost:1");
    const half = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new TextEncoder().encode("{"));
        return new Promise(() => undefined);
      },
    });
    answers = [() => new Response(half), () => new Response(half)];
    using hasty = new KubeClient(access, { timeoutMs: 50 });
    expect(await failureOf(hasty.get("/version"))).toBeInstanceOf(KubeUnreachable);
  });

  test("names what it got instead of an answer", async () => {
    answers = [
      () => new Response("<html>"),
      () => new Response("upstream is away", { status: 502 }),
      () => new Response(null, { status: 302, headers: { location: "https://example.org" } }),
    ];
    expect((await failureOf(client.get("/version"))).message).toBe("Cannot get /version: the answer is no JSON");
    expect(await failureOf(client.get("/version"))).toMatchObject({
      ...{ message: "Cannot get /version: upstream is away (502)", code: 502 },
    });
    expect((await failureOf(client.get("/version"))).message).toStartWith("Cannot get /version: ");
  });

  test("trusts no certificate of another authority", async () => {
    const other = await createCertificateAuthority({ algorithm: "ecdsa-p256", organizations: ["other"] });
    using strict = new KubeClient({ ...access, ca: other.certificate });
    const distrusted = await failureOf(strict.get("/version"));
    expect(distrusted.message).toContain("certificate");
    expect(distrusted).not.toBeInstanceOf(KubeUnreachable);
    expect(asked).toEqual([]);
  });
});

describe("a list", () => {
  test("is read page by page, and its items know their kind", async () => {
    answers = [page(["a"], { continue: "more" }), page(["b"])];
    const { items, resourceVersion } = await client.list("/api/v1/pods", { labelSelector: "x=y" });
    expect(items.map(({ kind, metadata }) => `${kind} ${metadata?.name}`)).toEqual(["Pod a", "Pod b"]);
    expect(resourceVersion).toBe("7");
    expect(asked.map(({ searchParams }) => searchParams.get("continue"))).toEqual([null, "more"]);
    expect(asked.every(({ searchParams }) => searchParams.get("labelSelector") === "x=y")).toBeTrue();
  });

  test("begins anew when the server has forgotten the next page", async () => {
    answers = [page(["old"], { continue: "more" }), json(gone, { status: 410 }), page(["a", "b"])];
    const { items } = await client.list("/api/v1/pods");
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(["a", "b"]);
  });
});

describe("kinds", () => {
  const resources = [
    { name: "widgets", kind: "Widget", namespaced: true },
    { name: "widgets/status", kind: "Widget", namespaced: true },
  ];

  test("are asked once, and again for what was not there", async () => {
    const widget = { apiVersion: "example.org/v1", kind: "Widget", metadata: { name: "a" } };
    answers = [json({ code: 404 }, { status: 404 }), json({ resources })];
    expect(await failureOf(client.pathOf(widget))).toBeInstanceOf(UnknownKind);
    expect(await client.pathOf(widget)).toBe("/apis/example.org/v1/namespaces/default/widgets/a");
    expect(await client.pathOf({ ...widget, metadata: { namespace: "n", name: "b" } })).toEndWith("/n/widgets/b");
    expect(asked).toHaveLength(2);
  });
});

test("the path of a kind that was just defined is taken from its definition", async () => {
  const names = { kind: "Gear", plural: "gears" };
  client.learn({
    kind: "CustomResourceDefinition",
    spec: { group: "example.org", scope: "Cluster", names, versions: [{ name: "v2" }] },
  } as KubeObject);
  expect(await client.pathOf({ apiVersion: "example.org/v2", kind: "Gear", metadata: { name: "a" } })).toBe(
    "/apis/example.org/v2/gears/a",
  );
  expect(asked).toEqual([]);
});

describe("following", () => {
  const added = (name: string, resourceVersion: string) => ({
    ...{ type: "ADDED", object: { metadata: { name, resourceVersion } } },
  });

  test("goes on from where it was, begins anew when that is forgotten, and asks again after a failure", async () => {
    const stopping = new AbortController();
    const retries: string[] = [];
    answers = [
      page(["a"]),
      events(added("b", "8"), { type: "BOOKMARK", object: { metadata: { resourceVersion: "9" } } }),
      () => new Response("away", { status: 503 }),
      events({ type: "ERROR", object: gone }),
      page(["c"], { resourceVersion: "20" }),
      events({ type: "DELETED", object: { metadata: { name: "c", resourceVersion: "21" } } }),
    ];
    const seen: string[][] = [];
    const options = { onRetry: (why: string) => retries.push(why), backoff: { initialMs: 1, maximumMs: 2 } };
    for await (const objects of follow(client, "/api/v1/pods", {}, stopping.signal, options)) {
      seen.push([...objects.keys()]);
      if (seen.length === 4) stopping.abort();
    }
    expect(seen).toEqual([["a"], ["a", "b"], ["c"], []]);
    expect(retries).toEqual(["Cannot watch /api/v1/pods: away (503)"]);
    const versions = asked.map(({ searchParams }) => searchParams.get("resourceVersion"));
    expect(versions).toEqual([null, "7", "9", "9", null, "20"]);
    expect(asked[1]?.searchParams.get("allowWatchBookmarks")).toBe("true");
  });
});
