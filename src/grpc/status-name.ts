import { Code } from "./status.ts";

const names = new Map<Code, string>(
  Object.entries(Code).map(([name, code]) => [code, name.charAt(0).toUpperCase() + name.slice(1)]),
)
  .set(Code.ok, "OK")
  .set(Code.cancelled, "Canceled");

/** The name of a code as Go prints it: `NotFound`, `DeadlineExceeded`, `OK`, `Canceled`. */
export const codeName = (code: Code): string => names.get(code) ?? `Code(${code})`;
