import { describe, expect, test } from "bun:test";
import { askKubectl, wasUnanswered } from "./kubectl.ts";

describe("askKubectl", () => {
  const after = (...failures: readonly string[]) => {
    const left = [...failures];
    const asked: string[][] = [];
    const kubectl = async (...args: string[]) => {
      asked.push(args);
      const stderr = left.shift();
      return { code: stderr === undefined ? 0 : 1, stdout: "Ready\n", stderr: stderr ?? "" };
    };
    return { kubectl, asked };
  };
  const patience = { timeoutMs: 20_000, intervalMs: 0 };

  test.each([
    "Unable to connect to the server: net/http: TLS handshake timeout",
    "The connection to the server 10.5.0.2:6443 was refused - did you specify the right host or port?",
    "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
    "Error from server: etcdserver: leader changed",
    "Error from server: etcdserver: request timed out",
    'Error from server: Get "https://10.5.0.3:10250/containerLogs/default/web/web": remote error: tls: internal error',
    'error: unable to upgrade connection: container not found ("web")',
    "Error from server: error dialing backend: dial tcp 10.5.0.3:10250: i/o timeout",
    'Error from server (Forbidden): pods "web" is forbidden: error looking up service account default/default: serviceaccount "default" not found',
    "error: watch closed before UntilWithoutRetry timeout",
    'error: error validating "web.json": failed to download openapi: Get "https://10.5.0.2:6443/openapi/v2": EOF',
  ])("asks again after: %s", async (said) => {
    const { kubectl, asked } = after(said, said);
    expect(await askKubectl(kubectl, ["get", "nodes"], patience)).toBe("Ready");
    expect(asked).toEqual([
      ["get", "nodes"],
      ["get", "nodes"],
      ["get", "nodes"],
    ]);
  });

  test.each([
    'Error from server (NotFound): pods "web" not found',
    'Error from server (Forbidden): nodes is forbidden: User "nobody" cannot list resource "nodes"',
    'Error from server (AlreadyExists): configmaps "kept" already exists',
    "error: You must be logged in to the server (Unauthorized)",
    "error: timed out waiting for the condition on pods/web",
    'error: deployment "web" exceeded its progress deadline',
    "error: unknown flag: --nonsense",
    'Get "http://web/": dial tcp: connect: connection refused\ncommand terminated with exit code 1',
  ])("takes no for an answer: %s", async (said) => {
    expect(wasUnanswered(said)).toBe(false);
    const { kubectl, asked } = after(said);
    const failure = await askKubectl(kubectl, ["wait", "pod/web"], patience).catch((error: Error) => error.message);
    expect(failure).toBe(`kubectl wait pod/web: ${said}`);
    expect(asked).toHaveLength(1);
  });

  test("does not ask for ever", async () => {
    const { kubectl } = after(...Array<string>(10_000).fill("Unable to connect to the server: EOF"));
    const failure = await askKubectl(kubectl, ["get", "nodes"], { timeoutMs: 5, intervalMs: 1 }).catch(
      (error) => error,
    );
    expect(failure).toHaveProperty("message", "kubectl get nodes: Unable to connect to the server: EOF");
  });
});
