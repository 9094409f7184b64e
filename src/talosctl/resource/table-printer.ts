import { GrowingTable } from "../output/growing-table.ts";
import { table } from "../output/table.ts";
import type { Definition } from "./definitions.ts";
import { plainText } from "./go-json.ts";
import { jsonPath } from "./json-path/template.ts";
import type { Happening, Printer } from "./printer.ts";
import type { ShownResource } from "./resource.ts";

/** How a change shows in the column that has `*` over it. */
const marks: Readonly<Record<Happening, string>> = { created: "+", updated: " ", destroyed: "-" };

/** Rows that wait for the others that were there to begin with. */
const maximumHeld = 10_000;

interface Layout {
  readonly headers: readonly string[];
  cells(resource: ShownResource): string[];
}

/** A row for each resource, lined up when all are known. Without any there are only the headers. */
export function tablePrinter(definition: Definition): Printer {
  const { headers, cells } = layoutOf(definition);
  const rows: string[][] = [];
  return {
    add(node, resource) {
      rows.push([node, ...cells(resource)]);
      return "";
    },
    settle: () => table(["NODE", ...headers], rows),
  };
}

/** As tablePrinter for what is there to begin with; every change shows at once. */
export function watchedTablePrinter(definition: Definition): Printer {
  const { headers, cells } = layoutOf(definition);
  const rows = new GrowingTable(["NODE", "*", ...headers], { holdRows: maximumHeld });
  return {
    add: (node, resource, event = "updated") => rows.add([node, marks[event], ...cells(resource)]),
    settle: () => rows.flow(),
  };
}

function layoutOf({ display_type, print_columns }: Definition): Layout {
  const columns = print_columns.map(({ json_path }) => jsonPath(json_path));
  return {
    headers: ["NAMESPACE", "TYPE", "ID", "VERSION", ...print_columns.map(({ name }) => name.toUpperCase())],
    cells: ({ metadata, spec }) => [
      ...[metadata.namespace, display_type || metadata.type, metadata.id, String(metadata.version)],
      ...columns.map(({ find }) => cell(find(spec))),
    ],
  };
}

/** Results of one path stand apart. A cell is a line: a config in a column must not break the table. */
const cell = (found: readonly (readonly unknown[])[]): string =>
  found
    .map((results) => results.map((result) => plainText(result)).join(" "))
    .join("")
    .replace(/\s*\n[\s\S]*$/, "…");
