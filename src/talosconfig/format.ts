import { readYaml, toPlain, toYaml } from "../config/yaml.ts";
import { Failure } from "../errors/failure.ts";
import type { Context, Talosconfig } from "./talosconfig.ts";

/**
 * Reads the text of a client configuration.
 * @param file how errors name it.
 * @throws Failure with the place of a syntax error, or the field that is not what it should be.
 */
export function parseTalosconfig(text: string, file: string): Talosconfig {
  const { documents, problems } = yamlOf(text, file);
  const [problem] = problems;
  if (problem !== undefined) throw new Failure(`${file}:${problem.line}:${problem.column}: ${problem.message}`);
  const value = documents[0] === undefined ? {} : toPlain(documents[0]);
  if (!isRecord(value)) throw new Failure(`Cannot read "${file}": it is not a client configuration`);
  const { context = "", contexts = {} } = value;
  if (typeof context !== "string") throw new Failure(`Cannot read "${file}": context is not a name`);
  if (!isRecord(contexts ?? {})) throw new Failure(`Cannot read "${file}": contexts is not a map`);
  const entries = Object.entries((contexts ?? {}) as Readonly<Record<string, unknown>>);
  return { context, contexts: new Map(entries.map(([name, entry]) => [name, readContext(name, entry, file)])) };
}

/** The file's text, fields in the order of other tools. */
export function formatTalosconfig({ context, contexts }: Talosconfig): string {
  const entries = [...contexts].map(([name, { endpoints, nodes, ca, crt, key, rest }]) => {
    const certificates = { ...(ca && { ca }), ...(crt && { crt }), ...(key && { key }) };
    return [name, { endpoints, ...(nodes.length > 0 && { nodes }), ...certificates, ...rest }];
  });
  return toYaml({ context, contexts: Object.fromEntries(entries) });
}

function yamlOf(text: string, file: string): ReturnType<typeof readYaml> {
  try {
    return readYaml(text);
  } catch (cause) {
    throw new Failure(`Cannot read "${file}"`, { cause });
  }
}

function readContext(name: string, value: unknown, file: string): Context {
  if (!isRecord(value)) throw new Failure(`Cannot read "${file}": contexts.${name} is not a map`);
  const { endpoints, nodes, ca, crt, key, ...rest } = value;
  const at = (field: string) => `contexts.${name}.${field}`;
  const secrets = { ca, crt, key };
  for (const [field, text] of Object.entries(secrets)) {
    if (text !== undefined && text !== null && typeof text !== "string") {
      throw new Failure(`Cannot read "${file}": ${at(field)} is not a text`);
    }
  }
  return {
    endpoints: texts(endpoints, at("endpoints"), file),
    nodes: texts(nodes, at("nodes"), file),
    // Empty is how others write "none".
    ...(typeof ca === "string" && ca !== "" && { ca }),
    ...(typeof crt === "string" && crt !== "" && { crt }),
    ...(typeof key === "string" && key !== "" && { key }),
    rest,
  };
}

function texts(value: unknown, path: string, file: string): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new Failure(`Cannot read "${file}": ${path} is not a list of names or addresses`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
