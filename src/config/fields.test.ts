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
    ...["machine.features.apidCheckExtKeyUsage", "machine.features.diskQuotaSupport"],
  ]);
  expect(outer(documents, ({ effect }) => effect === "reboot")).toEqual([]);
});

test("a service restarts for what it reads only when it starts", () => {
  const restarts = (service: string) =>
    outer([...v1alpha1, ...documents], ({ effect }) => effect === `restart ${service}`);
  expect(restarts("kubelet")).toEqual([
    ...["machine.kubelet", "cluster.network.dnsDomain", "cluster.network.serviceSubnets"],
    ...["cluster.externalCloudProvider.enabled", "cluster.allowSchedulingOnControlPlanes"],
  ]);
  expect(restarts("etcd")).toEqual(["cluster.etcd"]);
  expect(restarts("containerd")).toEqual([
    ...["machine.registries.config.auth", "machine.baseRuntimeSpecOverrides", "RegistryAuthConfig"],
    "TrustedRootsConfig",
  ]);
});

test("every field says what a change of it does", () => {
  expect([...v1alpha1, ...documents].filter(({ effect }) => effect === undefined)).toEqual([]);
});

/** Path → first version, from the committed list of what the reference tools read. */
async function knownFields(): Promise<Map<string, string>> {
  const text = await Bun.file(new URL("fields.fixture.txt", import.meta.url)).text();
  const known = new Map<string, string>();
  for (const line of text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) {
    const [, section = "", since, fields = ""] = /^(.*?)(?:@(\S+))?: (.*)$/.exec(line) ?? [];
    if (since !== undefined) known.set(section, since);
    for (const field of fields.split(" ")) {
      const [name = "", later = known.get(section) ?? "1.0"] = field.split("@");
      known.set(section === "" ? name : `${section}.${name}`, later);
    }
  }
  return known;
}

test("every known field is described, with the version it came in, and no other", async () => {
  const ours = new Map([...v1alpha1, ...documents].map(({ path, since }) => [path, since ?? "?"]));
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(await knownFields()));
});

test("what a document replaces is a kind of document", () => {
  const replaced = v1alpha1.flatMap(({ field }) => field.replacedBy ?? []);
  expect(replaced.length).toBeGreaterThan(5);
  expect(replaced.filter((kind) => !Object.hasOwn(documentSections, kind))).toEqual([]);
});
