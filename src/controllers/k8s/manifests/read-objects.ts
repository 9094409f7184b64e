import { readYaml, toPlain } from "../../../config/yaml.ts";
import { Failure } from "../../../errors/failure.ts";
import type { Document } from "../../../resources/fields/struct.ts";
import { documentOrUndefined } from "../document.ts";

const maximumDocuments = 5_000;

/**
 * The objects of a manifest: any number of YAML (or JSON) documents, lists taken apart, empty ones left out.
 * @param name as messages call it
 * @throws Failure naming the line of the first mistake
 */
export function readObjects(text: string, name: string): readonly Document[] {
  const objects: Document[] = [];
  const refuse = (line: number, why: string) => new Failure(`Cannot read manifest ${name}: line ${line}: ${why}`);
  for (const { text: document, line: before } of documentsOf(text)) {
    // One at a time: what bounds a document must not bound how many there are.
    const { documents, problems } = readYaml(document);
    const [problem] = problems;
    if (problem !== undefined) throw refuse(before + problem.line, problem.message);
    for (const node of documents) {
      const line = before + node.line;
      const value = documentOrUndefined(toPlain(node));
      if (value === undefined && node.kind === "map") continue;
      if (value === undefined) throw refuse(line, "it is no object of Kubernetes");
      for (const object of unwrap(value)) {
        const missing = missingIn(object);
        if (missing !== undefined) throw refuse(line, `${missing} is missing`);
        objects.push(object);
        if (objects.length > maximumDocuments) throw refuse(line, `there are more than ${maximumDocuments} objects`);
      }
    }
  }
  return objects;
}

/** Cut where documents begin, each with the number of lines before it. */
function documentsOf(text: string): { text: string; line: number }[] {
  const documents: { text: string; line: number }[] = [];
  let lines: string[] = [];
  let begin = 0;
  const all = text.replaceAll("\r\n", "\n").split("\n");
  for (const [index, line] of all.entries()) {
    if (!/^---(?:\s|$)/.test(line)) {
      lines.push(line);
      continue;
    }
    documents.push({ text: lines.join("\n"), line: begin });
    // What stands behind the dashes belongs to the new one.
    lines = [line.slice(3)];
    begin = index;
  }
  return [...documents, { text: lines.join("\n"), line: begin }];
}

/** `List` and the like hold objects, as the API server's own lists do. */
function unwrap(document: Document): readonly Document[] {
  const { kind, items } = document;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return [document];
  return items.map((item) => documentOrUndefined(item) ?? {});
}

function missingIn({ apiVersion, kind, metadata }: Document): string | undefined {
  if (typeof apiVersion !== "string" || apiVersion === "") return "apiVersion";
  if (typeof kind !== "string" || kind === "") return "kind";
  const name = documentOrUndefined(metadata)?.name;
  return typeof name === "string" && name !== "" ? undefined : "metadata.name";
}
