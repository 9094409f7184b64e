import { suggest } from "../../config/suggest.ts";
import { Failure } from "../../errors/failure.ts";
import type { Definition } from "./definitions.ts";
import { goJson, plainText } from "./go-json.ts";
import { jsonPath } from "./json-path/template.ts";
import type { ShownResource } from "./resource.ts";
import { tablePrinter, watchedTablePrinter } from "./table-printer.ts";
import { yamlPrinter } from "./yaml-printer.ts";

/** What happened to a resource that is watched. */
export type Happening = "created" | "updated" | "destroyed";

/** Turns resources into text, one by one or, where columns line up, when all of them are known. */
export interface Printer {
  /** @param event left out of plain listings. @returns what to print now. */
  add(node: string, resource: ShownResource, event?: Happening): string;
  /** All that there is was added; what follows are changes. @returns what to print now. */
  settle(): string;
}

/**
 * The printer of `-o`.
 * @throws Failure when there is no such output.
 */
export function printerFor(output: string, definition: Definition, watching: boolean): Printer {
  const [name = "", template] = output.split(/=(.*)/s);
  switch (name) {
    case "table":
      return watching ? watchedTablePrinter(definition) : tablePrinter(definition);
    case "yaml":
      return yamlPrinter();
    case "json":
      return oneByOne((value) => `${goJson(value, 4)}\n`);
    case "jsonpath": {
      if (template === undefined)
        throw new Failure("Cannot print jsonpath: no path is given", { hint: "Write it as -o jsonpath='{.spec}'" });
      const { find } = jsonPath(template);
      return oneByOne((value) =>
        find(value)
          .flat()
          .map((found) => `${plainText(found, 4)}\n`)
          .join(""),
      );
    }
    default: {
      const meant = suggest(name, ["table", "yaml", "json", "jsonpath"]);
      throw new Failure(`Cannot print as "${name}": expected table, yaml, json or jsonpath=…`, {
        ...(meant !== undefined && { hint: `Did you mean "${meant}"?` }),
      });
    }
  }
}

const oneByOne = (show: (value: unknown) => string): Printer => ({
  add: (node, { metadata, spec }, event) => show({ node, ...(event && { event }), metadata, spec }),
  settle: () => "",
});
