import { expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";
import { applyJsonPatch } from "./json-patch.ts";

const document = { a: { b: [1, 2], "c/d~e": "x" }, n: null };

test.each([
  [
    { op: "add", path: "/a/f", value: 1 },
    { ...document, a: { ...document.a, f: 1 } },
  ],
  [
    { op: "add", path: "/a/b/-", value: 3 },
    { ...document, a: { ...document.a, b: [1, 2, 3] } },
  ],
  [
    { op: "add", path: "/a/b/0", value: 0 },
    { ...document, a: { ...document.a, b: [0, 1, 2] } },
  ],
  [
    { op: "add", path: "/a/b", value: [] },
    { ...document, a: { ...document.a, b: [] } },
  ],
  [{ op: "remove", path: "/a" }, { n: null }],
  [
    { op: "remove", path: "/a/b/0" },
    { ...document, a: { ...document.a, b: [2] } },
  ],
  [
    { op: "remove", path: "/a/c~1d~0e" },
    { a: { b: [1, 2] }, n: null },
  ],
  [
    { op: "replace", path: "/a/b/1", value: 9 },
    { ...document, a: { ...document.a, b: [1, 9] } },
  ],
  [{ op: "replace", path: "", value: 9 }, 9],
  [
    { op: "move", from: "/a/b", path: "/n" },
    { a: { "c/d~e": "x" }, n: [1, 2] },
  ],
  [
    { op: "copy", from: "/n", path: "/m" },
    { ...document, m: null },
  ],
  [{ op: "test", path: "/a/b", value: [1, 2] }, document],
])("%p applies", (operation, result) => {
  expect(applyJsonPatch(document, [operation])).toEqual(result as never);
});

test.each([
  [{ op: "remove", path: "/a/x" }, 'Cannot find "/a/x"'],
  [{ op: "remove", path: "/a/b/2" }, 'Cannot find "/a/b/2"'],
  [{ op: "replace", path: "/a/b/-", value: 1 }, 'Cannot find "/a/b/-"'],
  [{ op: "add", path: "/x/y", value: 1 }, 'Cannot find "/x"'],
  [{ op: "add", path: "/a/b/01", value: 1 }, 'Cannot find "/a/b/01"'],
  [{ op: "add", path: "/constructor/y", value: 1 }, 'Cannot find "/constructor"'],
  [{ op: "add", path: "a", value: 1 }, "begins with a slash"],
  [{ op: "add", path: "/a" }, "Cannot read its value"],
  [{ op: "move", from: "/a", path: "/a/b" }, "inside itself"],
  [{ op: "test", path: "/a/b", value: [2] }, "not what the test expects"],
  [{ op: "rename", path: "/a" }, "Cannot read its op"],
  ["add", "not a map"],
])("%p is refused", (operation, message) => {
  const caught = (() => {
    try {
      return applyJsonPatch(document, [operation]);
    } catch (error) {
      return error;
    }
  })();
  expect(messageOf(caught)).toContain("Cannot apply operation 1");
  expect(messageOf(caught)).toContain(message);
});

test("copies of copies end", () => {
  const doubling = Array.from({ length: 100 }, (_, index) => ({ op: "copy", from: "", path: `/k${index}` }));
  expect(() => applyJsonPatch({ a: 1 }, doubling)).toThrow(Failure);
});

test("what was added can be removed, and any patch leaves its arguments alone or fails as a Failure", () => {
  const name = fc.string();
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue()), name, fc.jsonValue(), (base, key, value) => {
      fc.pre(!Object.hasOwn(base, key));
      const path = `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      const patch = [
        { op: "add", path, value },
        { op: "test", path, value },
        { op: "remove", path },
      ];
      expect(applyJsonPatch(base, patch)).toEqual(base);
    }),
  );
  const operation = fc.record({
    op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test", "x"),
    path: fc.constantFrom("", "/a", "/a/b", "/a/b/0", "/a/b/-", "/__proto__", "/a/__proto__/x", "x"),
    from: fc.constantFrom("", "/a", "/a/b/1", "/n"),
    value: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(operation, fc.jsonValue()), { maxLength: 8 }), (patch) => {
      const before = structuredClone(document);
      try {
        applyJsonPatch(document, patch);
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
      expect(document).toEqual(before);
    }),
  );
});
