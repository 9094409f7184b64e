import { expect, test } from "bun:test";
import { changesOf } from "./patch-fixtures/changes-of.ts";

const read = (name: string) => Bun.file(new URL(`patch-fixtures/${name}`, import.meta.url)).text();
const [single, multi, text] = await Promise.all(["single.yaml", "multi.yaml", "cases.txt"].map(read));
const cases = (text ?? "").split(/\n\n(?=# )/).slice(1);
const isSaid = (line: string) => /^[=!~] /.test(line);

test("every patch does what was recorded", () => {
  expect(cases.length).toBeGreaterThan(150);
  const different = cases.flatMap((part) => {
    const [base, ...lines] = part.trim().split("\n");
    const patch = lines.filter((line) => !isSaid(line)).join("\n");
    const said = changesOf((base === "# multi" ? multi : single) ?? "", patch);
    return Bun.deepEquals(said, lines.filter(isSaid)) ? [] : [{ part, said }];
  });
  expect(different).toEqual([]);
});
