import type { DocumentKind, DocumentValue } from "../documents/index.ts";
import type { MachineConfig } from "../machine-config.ts";

/** Where a machine runs: its own hardware, a cloud's image, or a container that shares a kernel. */
export type Mode = "metal" | "cloud" | "container";
export const modes: readonly Mode[] = ["metal", "cloud", "container"];

export interface RuleContext {
  readonly mode: Mode;
  /** The machine itself asks: what it could not run is refused. */
  readonly onMachine: boolean;
  error(path: string, message: string): void;
  warn(path: string, message: string): void;
}

/** One thing that must be so between fields; single fields are judged by their description. */
export type Rule = (config: MachineConfig, context: RuleContext) => void;

/** The same within a document of one kind; paths begin in the document. */
export type DocumentRule<Kind extends DocumentKind> = (value: DocumentValue<Kind>, context: RuleContext) => void;

export const isControlPlane = ({ machine: { type } }: MachineConfig): boolean =>
  type === "controlplane" || type === "init";
