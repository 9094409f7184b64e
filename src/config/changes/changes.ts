import { type AnyField, anything } from "../describe.ts";
import { documentSections, isDocumentKind } from "../documents/index.ts";
import type { ConfigDocument, MachineConfig } from "../machine-config.ts";
import { root } from "../v1alpha1/root.ts";
import type { Change } from "./change.ts";
import { compareField } from "./compare.ts";

/** Of a document that is not described nothing is known, and so nothing is shown. */
const undescribed = anything({ doc: "", sensitive: true });

/** Every field that differs, with what its change does: the one answer for the dry run and for the deed. */
export function changesBetween(before: MachineConfig, after: MachineConfig): Change[] {
  const main = compareField(root, v1alpha1(before), v1alpha1(after), {
    path: "",
    document: undefined,
    // A field whose description is silent is believed to need the most.
    effect: "reboot",
    sensitive: false,
    added: false,
  });
  // The document has no name that the paths could begin with, only the dot after it.
  const named = main.map((change) => ({ ...change, path: change.path.slice(1) }));
  return [...named, ...compareDocuments(before.documents, after.documents)];
}

const v1alpha1 = ({ version, debug, persist, machine, cluster }: MachineConfig) => ({
  ...{ version, debug, persist, machine, cluster },
});

function compareDocuments(before: readonly ConfigDocument[], after: readonly ConfigDocument[]): Change[] {
  const old = new Map(before.map((document) => [nameOf(document), document]));
  const removed = new Map(old);
  for (const document of after) removed.delete(nameOf(document));
  return [
    ...[...removed.values()].flatMap((document) => compareDocument(document, document.value, undefined)),
    ...after.flatMap((document) => compareDocument(document, old.get(nameOf(document))?.value, document.value)),
  ];
}

function compareDocument({ kind, name }: ConfigDocument, before: unknown, after: unknown): Change[] {
  const field: AnyField = isDocumentKind(kind) ? documentSections[kind] : undescribed;
  const at = { path: nameOf({ kind, name }), document: { kind, name }, sensitive: false, added: false };
  return compareField(field, before, after, { ...at, effect: "live" });
}

const nameOf = ({ kind, name }: { readonly kind: string; readonly name: string }) =>
  name === "" ? kind : `${kind}[${name}]`;
