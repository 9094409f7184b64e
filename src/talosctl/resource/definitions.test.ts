import { expect, test } from "bun:test";
import { cosi } from "../../proto/index.ts";
import { findDefinition } from "./definitions.ts";

const { ResourceDefinitionSpec } = cosi.resource.meta;
const definition = (type: string, ...aliases: readonly string[]) =>
  ResourceDefinitionSpec.decode(
    ResourceDefinitionSpec.encode({ resource_type: type, aliases: [...aliases], all_aliases: [...aliases] }).finish(),
  );

const definitions = [
  definition("Namespaces.meta.cosi.dev", "ns", "namespace"),
  definition("NetworkStatuses.net.talos.dev", "netstatus", "ns"),
  definition("LinkSpecs.net.talos.dev", "linkspec", "ls"),
  definition("LinkStatuses.net.talos.dev", "link", "links", "ls"),
  definition("SeccompProfiles.cri.talos.dev", "seccompprofile", "sp"),
  definition("StaticPods.kubernetes.talos.dev", "staticpod", "sp"),
];

test.each([
  ["links", "LinkStatuses.net.talos.dev"],
  ["LINKSPEC", "LinkSpecs.net.talos.dev"],
  ["linkspecs.net.talos.dev", "LinkSpecs.net.talos.dev"],
  ["ns", "Namespaces.meta.cosi.dev"],
  ["sp", "StaticPods.kubernetes.talos.dev"],
])("%s is %s", (name, type) => {
  expect(findDefinition(definitions, name).resource_type).toBe(type);
});

test("what several could be is told, and what none is", () => {
  expect(() => findDefinition(definitions, "ls")).toThrow("it could be any of LinkSpecs.net.talos.dev, LinkStatuses");
  expect(() => findDefinition(definitions, "lnik")).toThrow("there is no such resource type");
});
