import { expect, test } from "bun:test";
import fc from "fast-check";
import { readYaml, toPlain } from "../../config/yaml.ts";
import { Failure } from "../../errors/failure.ts";
import { accessOf, kubeconfigOf } from "../../kube/kubeconfig.ts";
import { mergeKubeconfig } from "./merge-kubeconfig.ts";

const rename = { onConflict: () => "rename" as const };
const overwrite = { onConflict: () => "overwrite" as const };

const made = (cluster: string, server: string, key = "key") =>
  kubeconfigOf(
    { server, ca: "ca", certificate: "crt", key },
    { cluster, user: `admin@${cluster}`, context: `admin@${cluster}`, namespace: "default" },
  );

interface Config {
  readonly clusters: readonly { readonly name: string; readonly cluster: object }[];
  readonly users: readonly { readonly name: string; readonly user: object }[];
  readonly contexts: readonly { readonly name: string; readonly context: { cluster: string; user: string } }[];
  readonly "current-context": string;
}

function plain(text: string): Config {
  const [document] = readYaml(text).documents;
  return (document === undefined ? {} : toPlain(document)) as Config;
}

const users = `# my clusters
apiVersion: v1
kind: Config
clusters:
- name: work # do not touch
  cluster:
    server: https://work:6443
    insecure-skip-tls-verify: true
- cluster: {server: "https://home:6443"}
  name: home
contexts:
- context: {cluster: work, user: me, namespace: prod}
  name: work
current-context: work
preferences: {colors: true}
users:
# by exec
- name: me
  user:
    exec: {command: aws, args: [eks, get-token]}
`;

test("a cluster is added to a file, its context is the current one, and nothing else changes", async () => {
  const { text, renamed, context } = await mergeKubeconfig(users, made("lab", "https://10.0.0.2:6443"), rename);
  expect(context).toBe("admin@lab");
  expect(renamed).toEqual([]);
  for (const line of users.split("\n")) if (!line.startsWith("current")) expect(text).toContain(line);
  expect(accessOf(text).server).toBe("https://10.0.0.2:6443");
  expect(accessOf(text, { context: "work", read: () => "" }).server).toBe("https://work:6443");
});

test("without a file there is one afterwards", async () => {
  const { text } = await mergeKubeconfig("", made("lab", "https://10.0.0.2:6443"), rename);
  expect(plain(text)).toMatchObject({ apiVersion: "v1", kind: "Config", "current-context": "admin@lab" });
  expect(accessOf(text).key).toBe("key");
});

test("what is taken by another is renamed, and so is all that names it", async () => {
  const first = (await mergeKubeconfig("", made("lab", "https://10.0.0.2:6443", "old"), rename)).text;
  const { text, renamed } = await mergeKubeconfig(first, made("lab", "https://10.9.9.9:6443", "new"), rename);
  expect(renamed).toEqual([
    { part: "cluster", from: "lab", to: "lab-1" },
    { part: "user", from: "admin@lab", to: "admin@lab-1" },
    { part: "context", from: "admin@lab", to: "admin@lab-1" },
  ]);
  expect(accessOf(text)).toMatchObject({ server: "https://10.9.9.9:6443", key: "new" });
  expect(accessOf(text, { context: "admin@lab" })).toMatchObject({ server: "https://10.0.0.2:6443", key: "old" });
});

test("what is taken is replaced when asked for", async () => {
  const first = (await mergeKubeconfig(users, made("lab", "https://10.0.0.2:6443", "old"), rename)).text;
  const { text, renamed } = await mergeKubeconfig(first, made("lab", "https://10.0.0.2:6443", "new"), overwrite);
  expect(renamed).toEqual([]);
  expect(accessOf(text).key).toBe("new");
  expect(plain(text).users).toHaveLength(2);
});

test("a context is called as asked", async () => {
  const { text, context } = await mergeKubeconfig(users, made("lab", "https://10.0.0.2:6443"), {
    ...rename,
    contextName: "mine",
  });
  expect(context).toBe("mine");
  expect(plain(text).contexts.at(-1)).toMatchObject({ name: "mine", context: { user: "admin@lab" } });
});

const name = fc.constantFrom("a", "b", "lab", "admin@lab", "a-1");
const item = (what: string) =>
  fc.record({ name, [what]: fc.dictionary(fc.constantFrom("server", "cluster", "user"), name, { minKeys: 1 }) });
const config = fc.record(
  {
    clusters: fc.uniqueArray(item("cluster"), { selector: (entry) => entry.name, maxLength: 4 }),
    users: fc.uniqueArray(item("user"), { selector: (entry) => entry.name, maxLength: 4 }),
    contexts: fc.uniqueArray(item("context"), { selector: (entry) => entry.name, maxLength: 4 }),
    extensions: fc.constant([{ name: "x" }]),
  },
  { requiredKeys: [] },
);

test("merging twice is merging once, and nothing of the user's is lost", async () => {
  await fc.assert(
    fc.asyncProperty(config, name, async (own, cluster) => {
      const before = JSON.stringify(own);
      const added = made(cluster, "https://10.0.0.2:6443");
      const once = await mergeKubeconfig(before, added, rename);
      expect((await mergeKubeconfig(once.text, added, rename)).text).toBe(once.text);
      expect(accessOf(once.text).server).toBe("https://10.0.0.2:6443");
      const after = plain(once.text) as unknown as Record<string, unknown>;
      for (const [key, value] of Object.entries(own)) {
        if (Array.isArray(value)) expect(after[key]).toEqual(expect.arrayContaining(value));
      }
    }),
    { numRuns: 200 },
  );
});

test("what is no kubeconfig is refused with its place", async () => {
  const refuse = (text: string) => mergeKubeconfig(text, made("lab", "https://a:1"), rename).catch((thrown) => thrown);
  expect((await refuse("clusters: [")).message).toContain("Cannot read the file as a kubeconfig: 1:");
  expect((await refuse("- a")).message).toBe("Cannot read the file as a kubeconfig: it is none");
  expect((await refuse("users: {}")).message).toBe("Cannot read the file as a kubeconfig: users is no list");
  expect(await refuse("a: 1\n---\nb: 2\n")).toBeInstanceOf(Failure);
});
