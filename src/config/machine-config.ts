import type { DocumentKind, DocumentValue } from "./documents/index.ts";
import type { Problem } from "./problem.ts";
import type { V1Alpha1 } from "./v1alpha1/root.ts";
import type { YamlMap } from "./yaml.ts";

/** A document of the stream besides the v1alpha1 one. */
export interface ConfigDocument {
  readonly kind: string;
  /** Tells documents of one kind apart; empty for kinds there is one of. */
  readonly name: string;
  /** Read by its description when there is one, plain otherwise. */
  readonly value: unknown;
  readonly node: YamlMap;
}

/** A machine's whole configuration: the v1alpha1 document, with defaults filled in, and the others. */
export interface MachineConfig extends V1Alpha1 {
  /** The file as it was read: what the API shows and STATE keeps. */
  readonly text: string;
  /** How problems name the file. */
  readonly file: string;
  readonly documents: readonly ConfigDocument[];
  /** The v1alpha1 document as written, for questions of presence and place; absent when there is none. */
  readonly node: YamlMap | undefined;
  readonly warnings: readonly Problem[];
}

/** The documents of one kind, in order. */
export function documentsOf<Kind extends DocumentKind>(config: MachineConfig, kind: Kind): DocumentValue<Kind>[] {
  // The parser read every document of a described kind with that kind's section.
  return config.documents.filter((document) => document.kind === kind).map(({ value }) => value as DocumentValue<Kind>);
}
