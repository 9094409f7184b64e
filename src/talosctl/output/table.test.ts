import { expect, test } from "bun:test";
import { GrowingTable } from "./growing-table.ts";
import { table } from "./table.ts";

test("columns are as wide as their widest cell and three spaces; the last is not padded", () => {
  expect(
    table(
      ["NODE", "ID"],
      [
        ["10.0.2.15", "a"],
        ["b", 12],
      ],
    ),
  ).toBe("NODE        ID\n10.0.2.15   a\nb           12\n");
});

test("empty cells keep their column", () => {
  expect(
    table(
      ["CURRENT", "NAME"],
      [
        ["*", "a"],
        ["", "b"],
      ],
    ),
  ).toBe("CURRENT   NAME\n*         a\n          b\n");
});

test("wide characters count as they show", () => {
  expect(
    table(
      ["A", "B"],
      [
        ["└─ x", "1"],
        ["日本", "2"],
      ],
    ),
  ).toBe("A      B\n└─ x   1\n日本   2\n");
});

test("a growing table shows each row at once, with the headers before the first", () => {
  const rows = new GrowingTable(["NODE", "NAME"]);
  expect(rows.add(["a", "x"])).toBe("NODE   NAME\na      x\n");
  expect(rows.add(["10.0.2.15", "y"])).toBe("10.0.2.15   y\n");
  expect(rows.add(["b", "z"])).toBe("b           z\n");
});

test("rows held back line up, and flow once there are too many", () => {
  const rows = new GrowingTable(["A", "B"], { holdRows: 1 });
  expect(rows.add(["1", "x"])).toBe("");
  expect(rows.add(["long", "y"])).toBe("A      B\n1      x\nlong   y\n");
  expect(rows.add(["2", "z"])).toBe("2      z\n");
  expect(rows.end()).toBe("");
});

test("headers show as soon as rows flow, even without any", () => {
  const rows = new GrowingTable(["A", "B"], { holdRows: 9 });
  expect(rows.end()).toBe("");
  expect(rows.flow()).toBe("A   B\n");
  expect(rows.add(["1", "x"])).toBe("1   x\n");
});
