import { expect, test } from "bun:test";
import { applyPatches } from "../../../config/patch.ts";
import { testConfig } from "../../../config/testing.ts";
import { createCertificateAuthority } from "../../../pki/index.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { osRootController } from "../../secrets/os-root.ts";
import { machineWith } from "../../testing.ts";
import { type MachineAccount, refusalOf, type SecretObject } from "./account.ts";
import { isCurrent, secretOf } from "./account-secret.ts";

const authority = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] });
const allowed = { roles: ["os:reader", "os:etcd:backup"], namespaces: ["backups"] };
const hourMs = 3_600_000;

const accountWith = (roles?: readonly string[], namespace = "backups"): MachineAccount => ({
  metadata: { name: "backup", namespace, uid: "u-1" },
  ...(roles !== undefined && { spec: { roles } }),
});
const account = accountWith(["os:reader", "os:etcd:backup"]);

test.each([
  [accountWith(["os:reader"]), undefined],
  [accountWith([]), undefined],
  [accountWith(), "Roles not found"],
  [accountWith(["os:reader"], "default"), "Namespace is not allowed: default"],
  [accountWith(["os:admin", "os:reader", "x"]), "Roles not allowed: [os:admin x]"],
])("account %j: %p", (found, refusal) => {
  expect(refusalOf(found, undefined, allowed)).toBe(refusal);
});

test("a Secret of somebody else is not touched", async () => {
  expect(refusalOf(account, await secretOf(account, authority), allowed)).toBeUndefined();
  const foreign: SecretObject = { metadata: { name: "backup", namespace: "backups" } };
  expect(refusalOf(account, foreign, allowed)).toBe(
    "Secret already exists and is not managed by controller: backups/backup",
  );
  const ofAnother = await secretOf({ metadata: { ...account.metadata, uid: "u-0" } }, authority);
  expect(refusalOf(account, ofAnother, allowed)).toContain("already exists");
});

test("a Secret is current until an hour before its end, for the same roles of the same authority", async () => {
  const secret = await secretOf(account, authority);
  const now = Date.now();
  expect(isCurrent(secret, account, authority)).toBeTrue();
  expect(isCurrent(secret, accountWith(["os:etcd:backup", "os:reader"]), authority)).toBeTrue();
  expect(isCurrent(secret, account, authority, now + 4.9 * hourMs)).toBeTrue();
  expect(isCurrent(secret, account, authority, now + 5.1 * hourMs)).toBeFalse();
  expect(isCurrent(secret, account, authority, now - hourMs)).toBeFalse();
  expect(isCurrent(secret, accountWith(["os:reader"]), authority)).toBeFalse();
  const other = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] });
  expect(isCurrent(secret, account, other)).toBeFalse();
});

test.each(["", "!", "bm90IHlhbWw6IFs=", "e30="])("a Secret with %p inside is made anew", (config) => {
  expect(isCurrent({ data: { config } }, account, authority)).toBeFalse();
});

test("machines that let pods in are known by the name of their Service", async () => {
  const features = { kubernetesTalosAPIAccess: { enabled: true, allowedRoles: ["os:reader"] } };
  const config = applyPatches(testConfig(), [{ text: JSON.stringify({ machine: { features } }), file: "patch" }]);
  await using machine = await machineWith({ config }, osRootController());
  const { certSANDNSNames } = (await machine.eventually(OSRootSecret, "os")).spec;
  expect(certSANDNSNames).toEqual(expect.arrayContaining(["talos", "talos.default"]));
});
