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
      return jsonPathPrinter(template, watching);
    }
    default: {
      const meant = suggest(name, ["table", "yaml", "json", "jsonpath"]);
      throw new Failure(`Cannot print as "${name}": expected table, yaml, json or jsonpath=…`, {
        ...(meant !== undefined && { hint: `Did you mean "${meant}"?` }),
      });
    }
  }
}

/** Each result on a line. A path that finds nothing in any resource is a mistake; a watch may still see one. */
function jsonPathPrinter(template: string, watching: boolean): Printer {
  const { find } = jsonPath(template);
  let [resources, results] = [0, 0];
  const printer = oneByOne((value) => {
    const found = find(value).flat();
    resources += 1;
    results += found.length;
    return found.map((each) => `${plainText(each, 4)}\n`).join("");
  });
  return {
    ...printer,
    settle() {
      if (watching || resources === 0 || results > 0) return "";
      throw new Failure(`Cannot find ${template}: no resource has it`, { hint: "To see what they have, use -o yaml" });
    },
  };
}

const oneByOne = (show: (value: unknown) => string): Printer => ({
  add: (node, { metadata, spec }, event) => show({ node, ...(event && { event }), metadata, spec }),
  settle: () => "",
});
