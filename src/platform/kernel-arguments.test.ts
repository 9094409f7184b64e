import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseKernelArguments } from "./kernel-arguments.ts";

test("the last of several values counts, and all are kept", () => {
  const args = parseKernelArguments("console=tty0 console=ttyS0 quiet talos.platform=metal\n");
  expect(args.last("console")).toBe("ttyS0");
  expect(args.all("console")).toEqual(["tty0", "ttyS0"]);
  expect(args.last("quiet")).toBe("");
  expect(args.last("missing")).toBeUndefined();
});

test("quotes hold blanks together", () => {
  const args = parseKernelArguments('a="b c" "d=e f" g=h"i j"k');
  expect([args.last("a"), args.last("d"), args.last("g")]).toEqual(["b c", "e f", "hi jk"]);
});

test("a value may contain equal signs", () => {
  expect(parseKernelArguments("talos.config=http://h/c?a=b").last("talos.config")).toBe("http://h/c?a=b");
});

test("what comes after -- belongs to init's own arguments", () => {
  expect(parseKernelArguments("a=1 -- a=2").last("a")).toBe("1");
});

test("no text makes the parser fail", () =>
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseKernelArguments(text).last("x");
    }),
  ));
