import type { CelInput } from "@bufbuild/cel";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { Environment, Type } from "./check.ts";
import { glob, hardwareAddressText } from "./functions.ts";

/** Values of the variables, in the form JavaScript has them; what is left out is empty, as it is on the wire. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * Makes a predicate of an expression that has passed its check. The language itself is a library's, which is loaded with
 * the first expression: most machines have none.
 * @throws Failure when it cannot be read; the predicate throws one when it gives neither true nor false
 */
export async function predicateOf(text: string, environment: Environment): Promise<(values: Variables) => boolean> {
  const { CelScalar, celEnv, celFunc, celUint, isCelError, mapType, parse, plan } = await import("@bufbuild/cel");
  const { BOOL, BYTES, DYN, STRING } = CelScalar;
  const record = mapType(STRING, DYN);
  const names = Object.keys(environment.variables);
  const language = celEnv({
    variables: Object.fromEntries(names.map((name) => [name, isRecord(environment.variables[name]) ? record : DYN])),
    funcs: [celFunc("glob", [STRING, STRING], BOOL, glob), celFunc("mac", [BYTES], STRING, hardwareAddressText)],
  });
  const evaluate = planned();
  return (values) => {
    const inputs = names.map((name): [string, CelInput] => [
      name,
      inputOf(environment.variables[name] ?? "any", values[name], (value) => celUint(value)),
    ]);
    const result = evaluate(Object.fromEntries(inputs));
    if (typeof result === "boolean") return result;
    throw new Failure(`Cannot evaluate "${text}": ${isCelError(result) ? result.message : "it gives no truth value"}`);
  };

  function planned() {
    try {
      return plan(language, parse(text));
    } catch (thrown) {
      throw new Failure(`Cannot read the expression "${text}": ${messageOf(thrown)}`);
    }
  }
}

const isRecord = (type: Type | undefined): boolean => typeof type === "object";

/** A value as the language knows it: numbers are signed, unsigned or fractions there. */
function inputOf(type: Type, value: unknown, unsigned: (value: bigint) => CelInput): CelInput {
  if (typeof type === "object") {
    const fields = Object.entries(type).map(([name, ofField]): [string, CelInput] => [
      name,
      inputOf(ofField, fieldOf(value, name), unsigned),
    ]);
    return new Map(fields);
  }
  switch (type) {
    case "uint":
      return unsigned(BigInt(Number(value ?? 0)));
    case "int":
      return BigInt(Number(value ?? 0));
    case "double":
      return Number(value ?? 0);
    case "bool":
      return value === true;
    case "string":
      return typeof value === "string" ? value : "";
    case "bytes":
      return value instanceof Uint8Array ? value : new Uint8Array(0);
    case "list":
      return Array.isArray(value) ? value.map(String) : [];
    default:
      return new Map();
  }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
