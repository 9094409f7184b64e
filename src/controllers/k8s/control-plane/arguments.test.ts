import { expect, test } from "bun:test";
import fc from "fast-check";
import { argumentsOf, type MergePolicies, mergeFlags } from "./arguments.ts";

const policies: MergePolicies = { list: "additive", "cert-file": "denied" };
const value = fc.stringMatching(/^[a-z]{1,4}(,[a-z]{1,4}){0,3}$/);
const flags = fc.dictionary(fc.constantFrom("list", "cert-file", "v", "port"), value);

test("lists grow, ours first; files are ours; all else is the owner's", () => {
  const ours = { list: "a,b", "cert-file": "/ours", v: "1" };
  const extra = { list: "b, c", "cert-file": "/theirs", v: "2", more: "" };
  const { flags, denied } = mergeFlags(ours, extra, policies);
  expect(argumentsOf(flags)).toEqual(["--cert-file=/ours", "--list=a,b,c", "--more=", "--v=2"]);
  expect(denied).toEqual(["cert-file"]);
});

test("nothing of ours is lost, nothing denied gets in, and a second time changes nothing", () => {
  fc.assert(
    fc.property(flags, flags, (ours, extra) => {
      const { flags: merged, denied } = mergeFlags(ours, extra, policies);
      expect(merged["cert-file"]).toBe(ours["cert-file"]);
      expect(denied).toEqual("cert-file" in extra ? ["cert-file"] : []);
      const items = (text = "") => new Set(text.split(","));
      if (ours.list !== undefined) expect(items(merged.list).isSupersetOf(items(ours.list))).toBe(true);
      if (extra.list !== undefined) expect(items(merged.list).isSupersetOf(items(extra.list))).toBe(true);
      for (const name of ["v", "port"]) expect(merged[name]).toBe(extra[name] ?? ours[name]);
      expect(Object.keys(merged).toSorted()).toEqual(
        Object.keys({ ...ours, ...extra, "cert-file": "" })
          .filter((name) => name !== "cert-file" || name in ours)
          .toSorted(),
      );
      expect(mergeFlags(merged, extra, policies).flags).toEqual(merged);
    }),
  );
});
