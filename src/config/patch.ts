import { Failure } from "../errors/failure.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { mergeDocuments } from "./merge.ts";
import { checkPatchDocument } from "./patch-check.ts";
import { ConfigFailure } from "./problem.ts";
import { readYaml, toPlain, toYaml, type YamlNode } from "./yaml.ts";

export interface Patch {
  /** Documents that are laid over those of the config, or a JSON patch (RFC 6902), as YAML or JSON. */
  readonly text: string;
  /** How errors name it. */
  readonly file: string;
}

type Plain = Readonly<Record<string, unknown>>;

/**
 * Lays patches over a config, in order. The result is written anew, without comments.
 * @throws Failure naming the patch that is not one, or does not fit.
 */
export function applyPatches(config: string, patches: readonly Patch[]): string {
  const documents = read({ text: config, file: "config" }).map((node) => asPlain(node, "config"));
  const patched = patches.reduce(applyPatch, documents);
  return patched.map((document) => toYaml(document)).join("---\n");
}

function applyPatch(documents: readonly Plain[], patch: Patch): Plain[] {
  const nodes = read(patch);
  const [first] = nodes;
  if (first?.kind === "list" && nodes.length === 1) return applyOperations(documents, toPlain(first), patch.file);
  return attempt(patch.file, () => {
    const parts = nodes.map((node) => {
      const plain = asPlain(node, patch.file);
      if (node.kind === "map") checkPatchDocument(node, patch.file);
      return plain;
    });
    checkTwins(parts);
    return mergeDocuments(documents, parts);
  });
}

/** Fields that one document has, which no other could mean. */
const onlyInMain = /^\/(?:machine|cluster)(?:\/|$)/;

/**
 * A JSON patch does not say which document its paths begin in. Among several it is the one without a kind, if the paths
 * are that document's alone.
 */
function applyOperations(documents: readonly Plain[], operations: unknown, file: string): Plain[] {
  const list = Array.isArray(operations) ? operations : [];
  const index = documents.length === 1 ? 0 : documents.findIndex(({ kind }) => kind === undefined);
  const document = documents[index];
  if (document === undefined || (documents.length > 1 && !list.every(isAboutMain))) {
    const problem = "JSON6902 patches are not supported for multi-document machine configuration";
    throw new Failure(`Cannot use ${file}: ${problem}`, {
      hint: "Write the part of the config that changes, with its parents",
    });
  }
  const result = attempt(file, () => applyJsonPatch(document, list));
  if (typeof result !== "object" || result === null || Array.isArray(result)) {
    throw new Failure(`Cannot use ${file}: it leaves no config`);
  }
  return documents.with(index, result as Plain);
}

const isAboutMain = (operation: { readonly path?: unknown; readonly from?: unknown } | null): boolean =>
  [operation?.path, operation?.from ?? operation?.path].every(
    (pointer) => typeof pointer === "string" && onlyInMain.test(pointer),
  );

/** One patch cannot say two things about one document; deleting it and writing it anew is one thing. */
function checkTwins(parts: readonly Plain[]): void {
  const seen = new Set<string>();
  for (const { kind = "v1alpha1", name = "", $patch } of parts) {
    if ($patch !== undefined) continue;
    const id = `${kind} ${name}`.trim();
    if (seen.has(id)) throw new Failure(`Cannot tell which is meant: ${id} is there twice`);
    seen.add(id);
  }
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    // Its lines name the file already.
    if (cause instanceof ConfigFailure) throw cause;
    throw new Failure(`Cannot use ${file}`, { cause });
  }
}

function read({ text, file }: Patch): YamlNode[] {
  const { documents, problems } = readYaml(text);
  if (problems.length === 0) return documents;
  throw new ConfigFailure(
    problems.map((problem) => ({ ...problem, severity: "error", path: "" })),
    file,
  );
}

function asPlain(node: YamlNode, file: string): Plain {
  if (node.kind === "map") return toPlain(node) as Plain;
  throw new Failure(`Cannot use ${file}: it is not part of a config`);
}
