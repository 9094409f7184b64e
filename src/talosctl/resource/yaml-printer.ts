import type { Happening, Printer } from "./printer.ts";
import type { ShownResource } from "./resource.ts";

/** Each resource is a YAML document: its metadata, and its spec as the machine wrote it, quotes and all. */
export function yamlPrinter(): Printer {
  let separator = "";
  return {
    add(node, resource, event) {
      const text = separator + documentOf(node, resource, event);
      separator = "---\n";
      return text;
    },
    settle: () => "",
  };
}

function documentOf(node: string, { metadata, spec, specText }: ShownResource, event: Happening | undefined): string {
  const head = [`node: ${node}`, ...(event === undefined ? [] : [`event: ${event}`]), "metadata:"];
  return `${[...head, ...fields(metadata, "    ")].join("\n")}\n${specLines(spec, specText)}\n`;
}

function fields(values: object, indent: string): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const key = `${indent}${scalar(name)}:`;
    if (Array.isArray(value)) return [key, ...value.map((item) => `${indent}    - ${scalar(String(item))}`)];
    if (typeof value === "object" && value !== null) return [key, ...fields(value, `${indent}    `)];
    return [`${key} ${scalar(String(value ?? ""))}`.trimEnd()];
  });
}

/** Text that YAML would take for something else is quoted. Numbers are left bare: everything here is text anyway. */
function scalar(text: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text)) return JSON.stringify(text);
  const isPlain = /^(?![-?:,[\]{}#&*!|>'"%@`]|.*(?::\s|\s#|\s$|:$)|\s)/.test(text);
  return isPlain || text === "" ? text : `'${text.replaceAll("'", "''")}'`;
}

/** The spec below its key. What is no list or map of several lines follows on the same line. */
function specLines(spec: unknown, text: string): string {
  const yaml = text.replace(/\n$/, "").replaceAll(controls, "?");
  const isBlock = typeof spec === "object" && spec !== null && !/^[[{]/.test(yaml);
  if (!isBlock || yaml === "") return `spec: ${yaml === "" ? "{}" : yaml}`;
  return `spec:\n${yaml.replace(/^(?=.)/gm, "    ")}`;
}

/** A machine that is not what it seems must not steer our terminal. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
