import { expect, test } from "bun:test";
import { metadataFrom } from "../grpc/metadata.ts";
import { callerRoles } from "./caller-roles.ts";

const clientAuth = "1.3.6.1.5.5.7.3.2";
const serverAuth = "1.3.6.1.5.5.7.3.1";

function rolesOf(organizations: readonly string[], claimed?: readonly string[], usages = [clientAuth]): string[] {
  const certificate = { organizations, extendedKeyUsage: usages };
  const metadata = metadataFrom(claimed === undefined ? {} : { "talos-role": claimed });
  return [...callerRoles({ address: "10.0.2.2", certificate }, metadata)];
}

test("roles are the organizations that we know", () => {
  expect(rolesOf(["os:reader", "os:new", "example"])).toEqual(["os:reader"]);
});

test("claims are believed from another node alone", () => {
  expect(rolesOf(["os:reader"], ["os:admin"])).toEqual(["os:reader"]);
  expect(rolesOf(["os:impersonator"], ["os:reader", "os:new"])).toEqual(["os:reader"]);
  expect(rolesOf(["os:impersonator"])).toEqual(["os:impersonator"]);
});

test("a certificate that is not for clients alone gives no role", () => {
  for (const usages of [[], [serverAuth], [clientAuth, serverAuth]]) {
    expect(rolesOf(["os:admin"], undefined, usages)).toEqual([]);
  }
  expect([...callerRoles({ address: undefined, certificate: undefined }, new Map())]).toEqual([]);
});
