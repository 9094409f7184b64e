import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseChallenge } from "./challenge.ts";

test("a token service is found with its parameters", () => {
  const header = 'Bearer realm="https://auth.test/token",service="registry.test",scope="repository:a/b:pull"';
  expect(parseChallenge(header)).toEqual({
    scheme: "bearer",
    realm: "https://auth.test/token",
    service: "registry.test",
    scope: "repository:a/b:pull",
  });
});

test("the scheme's case does not matter, and parameters may be bare or missing", () => {
  expect(parseChallenge("bEaReR realm=http://a.test/t")).toEqual({
    scheme: "bearer",
    realm: "http://a.test/t",
    service: undefined,
    scope: undefined,
  });
  expect(parseChallenge('BASIC realm="x"')).toEqual({ scheme: "basic" });
});

test("what cannot be answered is no challenge", () => {
  for (const header of ["", "Negotiate", "Bearer", 'Bearer realm="not a url"']) {
    expect(parseChallenge(header)).toBeUndefined();
  }
});

test("any header is read without throwing", () => {
  fc.assert(fc.property(fc.string(), (text) => expect(() => parseChallenge(`Bearer ${text}`)).not.toThrow()));
});
