import { readYaml, toPlain } from "../../config/yaml.ts";

/** Whether two configs differ in nothing but comments and layout. One that is no YAML is like no other. */
export function saysTheSame(left: string, right: string): boolean {
  if (left === right) return true;
  const [before, after] = [left, right].map(readYaml);
  if (before === undefined || after === undefined) return false;
  if (before.problems.length + after.problems.length > 0) return false;
  return Bun.deepEquals(before.documents.map(toPlain), after.documents.map(toPlain), true);
}
