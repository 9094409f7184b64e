import { expect, test } from "bun:test";
import fc from "fast-check";
import { findPciNames, pciNames } from "./pci-names.ts";

const list = `# comment
1af4  Red Hat, Inc.
\t1000  Virtio network device
\t\t01de fffb  Propolis Virtio network device
\t1041  Virtio 1.0 network device
# another comment
8086  Intel Corporation
\t1000  82542 Gigabit Ethernet Controller (Fiber)
C 00  Unclassified device
\t8086  not a product
`;

test("makers and products are found by their numbers", () => {
  expect(findPciNames(list, "1af4", "1041")).toEqual({ vendor: "Red Hat, Inc.", product: "Virtio 1.0 network device" });
  expect(findPciNames(list, "8086", "1000").product).toBe("82542 Gigabit Ethernet Controller (Fiber)");
  expect(findPciNames(list, "8086", "8086")).toEqual({ vendor: "Intel Corporation" });
  expect(findPciNames(list, "01de", "fffb")).toEqual({});
  expect(findPciNames(list.slice(10), "1af4", "1000").vendor).toBe("Red Hat, Inc.");
  expect(pciNames("0x8086", "0x1000", "/no/such/list")).toEqual({});
});

test("any list is read without failing", () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ maxLength: 4 }), (text, number) => {
      const names = findPciNames(text, number, number);
      expect((names.vendor ?? "").length).toBeLessThanOrEqual(text.length);
    }),
  );
});
