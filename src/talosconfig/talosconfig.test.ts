import { expect, test } from "bun:test";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { createCertificateAuthority } from "../pki/index.ts";
import { clientCertificateOf, createContext, credentialsOf } from "./certificate.ts";
import { readOrEmptyTalosconfig, readTalosconfig, writeTalosconfig } from "./file.ts";
import { formatTalosconfig, parseTalosconfig } from "./format.ts";
import { talosconfigPath } from "./location.ts";
import { type Context, mergeTalosconfig, type Talosconfig, withContext, withoutContext } from "./talosconfig.ts";

const context = (endpoint: string): Context => ({ endpoints: [endpoint], nodes: [], rest: {} });
const config = (current: string, ...names: readonly string[]): Talosconfig => ({
  context: current,
  contexts: new Map(names.map((name) => [name, context(name)])),
});

test("a merge renames what is taken, and follows the added file's current context", () => {
  const { merged, renamed } = mergeTalosconfig(config("a", "a", "a-1"), config("a", "a", "b"));
  expect([...merged.contexts.keys()]).toEqual(["a", "a-1", "a-2", "b"]);
  expect(renamed).toEqual([{ from: "a", to: "a-2" }]);
  expect(merged.context).toBe("a-2");
});

test("no merge loses a context, whatever the names", () => {
  const names = fc.uniqueArray(fc.constantFrom("a", "a-1", "a-2", "b", "b-1"));
  fc.assert(
    fc.property(names, names, (left, right) => {
      const { merged } = mergeTalosconfig(config("", ...left), config(right[0] ?? "", ...right));
      expect(merged.contexts.size).toBe(left.length + right.length);
      for (const name of left) expect(merged.contexts.get(name)).toEqual(context(name));
    }),
  );
});

test("adding and removing leave the others alone", () => {
  const added = withContext(config("a", "a"), "b", context("x"));
  expect(added.context).toBe("a");
  expect(withContext(config(""), "b", context("x")).context).toBe("b");
  expect([...withoutContext(added, "a").contexts.keys()]).toEqual(["b"]);
});

test("a file is read as it was written, with fields of other tools", () => {
  const text = `context: a
contexts:
    a:
        endpoints: []
        nodes:
            - 10.0.0.5
        ca: YQ==
        crt: Yg==
        key: Yw==
        auth:
            siderov1:
                identity: me@example.org
    empty:
        endpoints:
            - fd00::1
`;
  expect(formatTalosconfig(parseTalosconfig(text, "c"))).toBe(text);
});

test.each([
  ["contexts: [", "c:1:"],
  ["- a", "it is not a client configuration"],
  ["contexts: 1", "contexts is not a map"],
  ["contexts: {a: 1}", "contexts.a is not a map"],
  ["contexts: {a: {endpoints: [1]}}", "contexts.a.endpoints is not a list"],
  ["contexts: {a: {key: [secret]}}", "contexts.a.key is not a text"],
])("%j is refused", (text, message) => {
  expect(() => parseTalosconfig(text, "c")).toThrow(message);
});

test("any text reads or fails as a Failure", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        parseTalosconfig(text, "c");
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
      }
    }),
    { numRuns: 500 },
  );
});

test("the location follows flag, environment, home, pod", () => {
  const exists = (path: string) => path.startsWith("/var/run");
  const home = "/home/me";
  expect(talosconfigPath({ flag: "./x", environment: { TALOSCONFIG: "y" } })).toBe("./x");
  expect(talosconfigPath({ environment: { TALOSCONFIG: "y" } })).toBe("y");
  expect(talosconfigPath({ environment: { TALOS_HOME: "/t" }, exists: () => true })).toBe("/t/config");
  expect(talosconfigPath({ environment: {}, home, exists })).toBe("/var/run/secrets/talos.dev/config");
  expect(talosconfigPath({ environment: {}, home, exists: () => false })).toBe("/home/me/.talos/config");
});

test("files are the owner's alone, and a missing one is empty or an error with what to do", async () => {
  const directory = await mkdtemp(join(tmpdir(), "talosconfig-"));
  const path = join(directory, "nested", "config");
  try {
    expect(await readOrEmptyTalosconfig(path)).toEqual({ context: "", contexts: new Map() });
    expect(readTalosconfig(path)).rejects.toThrow("there is no such file");
    await writeTalosconfig(path, config("a", "a"));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readTalosconfig(path)).toEqual(config("a", "a"));
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("a new context grants its roles", async () => {
  const authority = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] });
  const created = await createContext({ authority, roles: ["os:reader"], endpoints: ["127.0.0.1:50000"] });
  expect(clientCertificateOf(created)?.roles).toEqual(["os:reader"]);
  expect(clientCertificateOf(created)?.usages).toEqual(["clientAuth"]);
  expect(credentialsOf(created).ca).toBe(authority.certificate);
  expect(clientCertificateOf(context("x"))).toBeUndefined();
});

test("credentials that are none are told by their field", () => {
  const pem = Buffer.from("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").toString("base64");
  expect(() => credentialsOf({ ...context("x"), ca: pem, crt: "aGVsbG8=" })).toThrow(
    "Cannot read crt: it is no PEM text in base64",
  );
  expect(() => credentialsOf({ ...context("x"), ca: "!" })).toThrow("Cannot read ca");
});
