import { expect, test } from "bun:test";
import fc from "fast-check";
import { mergeDocument, mergeDocuments } from "./merge.ts";

test("sections and maps merge, lists append", () => {
  const base = { machine: { sysctls: { a: "1" }, certSANs: ["x"], type: "worker" } };
  const patch = { machine: { sysctls: { b: "2" }, certSANs: ["y"] } };
  expect(mergeDocument(base, patch)).toEqual({
    machine: { sysctls: { a: "1", b: "2" }, certSANs: ["x", "y"], type: "worker" },
  });
});

test("fields described so are replaced or matched by key", () => {
  const base = {
    machine: { network: { interfaces: [{ interface: "eth0", mtu: 1500 }] } },
    cluster: { network: { podSubnets: ["10.244.0.0/16"] } },
  };
  const patch = {
    machine: { network: { interfaces: [{ interface: "eth0", dhcp: true }, { interface: "eth1" }] } },
    cluster: { network: { podSubnets: ["10.1.0.0/16"] } },
  };
  expect(mergeDocument(base, patch)).toEqual({
    machine: { network: { interfaces: [{ interface: "eth0", mtu: 1500, dhcp: true }, { interface: "eth1" }] } },
    cluster: { network: { podSubnets: ["10.1.0.0/16"] } },
  });
});

test("$patch: delete removes fields, items and documents", () => {
  const gone = { $patch: "delete" };
  const base = { machine: { env: { A: "1" }, network: { interfaces: [{ interface: "eth0" }] } } };
  const patch = { machine: { env: gone, network: { interfaces: [{ interface: "eth0", ...gone }] } } };
  expect(mergeDocument(base, patch)).toEqual({ machine: { network: { interfaces: [] } } });
  const link = { kind: "LinkConfig", name: "eth0" };
  expect(mergeDocuments([base, link], [{ ...link, ...gone }])).toEqual([base]);
});

test("documents meet by kind and name; others are added", () => {
  const eth0 = { kind: "LinkConfig", name: "eth0" };
  const eth1 = { kind: "LinkConfig", name: "eth1", mtu: 9000 };
  expect(mergeDocuments([eth0], [eth1, { ...eth0, mtu: 1400 }])).toEqual([{ ...eth0, mtu: 1400 }, eth1]);
});

test("an empty patch changes nothing, and no argument is changed", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (base) => {
      const before = structuredClone(base);
      expect(mergeDocument(base, {})).toEqual(base);
      mergeDocument(base, { machine: { env: { A: "b" } } });
      expect(base).toEqual(before);
    }),
  );
});
