import { suggest } from "../../config/suggest.ts";
import { toYaml } from "../../config/yaml.ts";
import { Failure } from "../../errors/failure.ts";
import { GrowingTable } from "../output/growing-table.ts";
import { table } from "../output/table.ts";
import type { Definition } from "./definitions.ts";
import { jsonPath } from "./json-path.ts";
import type { ShownResource } from "./resource.ts";

/** What happened to a resource that is watched; a plain listing has `" "` throughout. */
export type Mark = "+" | "-" | " ";

/** Turns resources into text, one by one or, where columns line up, at the end. */
export interface Printer {
  /** @returns what to print now. */
  add(node: string, resource: ShownResource, mark: Mark): string;
  end(): string;
}

/**
 * The printer of `-o`.
 * @throws Failure when there is no such output.
 */
export function printerFor(output: string, definition: Definition, watching: boolean): Printer {
  const [name = "", template] = output.split(/=(.*)/s);
  switch (name) {
    case "table":
      return tablePrinter(definition, watching);
    case "yaml":
      return yamlPrinter();
    case "json":
      return whole((value) => `${JSON.stringify(value, sortedKeys, 4)}\n`);
    case "jsonpath": {
      if (template === undefined)
        throw new Failure("Cannot print jsonpath: no path is given", { hint: "Write it as -o jsonpath='{.spec}'" });
      const show = jsonPath(template);
      return whole((value) => `${show(value)}\n`);
    }
    default: {
      const meant = suggest(name, ["table", "yaml", "json", "jsonpath"]);
      throw new Failure(`Cannot print as "${name}": expected table, yaml, json or jsonpath=…`, {
        ...(meant !== undefined && { hint: `Did you mean "${meant}"?` }),
      });
    }
  }
}

function tablePrinter({ display_type, print_columns }: Definition, watching: boolean): Printer {
  const columns = print_columns.map(({ name, json_path }) => ({
    header: name.toUpperCase(),
    show: jsonPath(json_path),
  }));
  const headers = [
    "NODE",
    ...(watching ? ["*"] : []),
    "NAMESPACE",
    "TYPE",
    "ID",
    "VERSION",
    ...columns.map(({ header }) => header),
  ];
  const row = (node: string, { metadata, spec }: ShownResource, mark: Mark) => [
    ...[node, ...(watching ? [mark] : []), metadata.namespace, display_type || metadata.type, metadata.id],
    ...[String(metadata.version), ...columns.map(({ show }) => oneLine(show(spec)))],
  ];
  if (watching) {
    const rows = new GrowingTable(headers);
    return { add: (node, resource, mark) => rows.add(row(node, resource, mark)), end: () => "" };
  }
  const rows: string[][] = [];
  return {
    add(node, resource, mark) {
      rows.push(row(node, resource, mark));
      return "";
    },
    end: () => (rows.length === 0 ? "" : table(headers, rows)),
  };
}

function yamlPrinter(): Printer {
  let separator = "";
  return whole((value) => {
    const text = `${separator}${toYaml(value)}`;
    separator = "---\n";
    return text;
  });
}

const whole = (show: (value: unknown) => string): Printer => ({
  add: (node, resource) => show({ node, ...resource }),
  end: () => "",
});

/** Keys in alphabetical order, whatever the order of the fields: outputs can be compared. */
const sortedKeys = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)))
    : value;

/** A cell is a line: a config in a column must not break the table. */
const oneLine = (text: string): string => text.replace(/\s*\n[\s\S]*$/, "…");
