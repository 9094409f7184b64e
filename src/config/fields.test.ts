import { expect, test } from "bun:test";
import { documentSections } from "./documents/index.ts";
import { fieldsBelow, outermost, type PlacedField } from "./fields.ts";
import { root } from "./v1alpha1/root.ts";

const v1alpha1 = [...fieldsBelow(outermost("", root))];
const documents = Object.entries(documentSections).flatMap(([kind, field]) => [
  outermost(kind, field),
  ...fieldsBelow(outermost(kind, field)),
]);

/** The paths that hold, without those inside of one that holds. */
function outer(fields: readonly PlacedField[], holds: (field: PlacedField) => boolean): string[] {
  const paths = fields.filter(holds).map(({ path }) => path);
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}.`)));
}

test("a reboot is needed for what nothing takes up while the machine runs, and for nothing else", () => {
  expect(outer(v1alpha1, ({ path, effect }) => effect === "reboot" && path !== "machine")).toEqual([
    ...["version", "persist", "machine.type", "machine.token", "machine.disks", "machine.files", "machine.env"],
    ...["machine.systemDiskEncryption", "machine.features.rbac", "machine.features.stableHostname"],
    ...["machine.features.apidCheckExtKeyUsage", "machine.features.diskQuotaSupport", "machine.udev"],
    "machine.baseRuntimeSpecOverrides",
  ]);
  expect(outer(documents, ({ effect }) => effect === "reboot")).toEqual([]);
});

test("a service restarts for what it reads only when it starts", () => {
  const restarts = (service: string) =>
    outer([...v1alpha1, ...documents], ({ effect }) => effect === `restart ${service}`);
  expect(restarts("kubelet")).toEqual([
    ...["machine.kubelet", "cluster.network.dnsDomain", "cluster.network.serviceSubnets"],
    "cluster.externalCloudProvider.enabled",
  ]);
  expect(restarts("containerd")).toEqual(["machine.registries.config.auth", "RegistryAuthConfig"]);
});

test("every field says what a change of it does", () => {
  expect([...v1alpha1, ...documents].filter(({ effect }) => effect === undefined)).toEqual([]);
});
