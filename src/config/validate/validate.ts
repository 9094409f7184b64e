import { type DocumentKind, documentSections, isDocumentKind } from "../documents/index.ts";
import { isSet, placeIn, placeOf } from "../locate.ts";
import type { ConfigDocument, MachineConfig } from "../machine-config.ts";
import { ConfigFailure, type Problem } from "../problem.ts";
import { clusterRules } from "./cluster.ts";
import { conflictRules } from "./conflicts.ts";
import { firewallRules } from "./firewall.ts";
import { kubernetesRules } from "./kubernetes.ts";
import { linkRules } from "./links.ts";
import { machineRules } from "./machine.ts";
import { machineDocumentRules } from "./machine-documents.ts";
import { networkDocumentRules } from "./network-documents.ts";
import { checkRequired } from "./required.ts";
import type { DocumentRule, Mode, RuleContext } from "./rule.ts";
import { volumeDocumentRules } from "./volume-documents.ts";

export { type Mode, modes } from "./rule.ts";

export interface ValidateOptions {
  readonly mode: Mode;
  /** Warnings are errors. */
  readonly strict?: boolean;
  /** The machine itself asks, and refuses what this version of it could not run. */
  readonly onMachine?: boolean;
}

const rules = [...machineRules, ...linkRules, ...kubernetesRules, ...clusterRules, ...conflictRules, ...firewallRules];
const documentRules = { ...networkDocumentRules, ...volumeDocumentRules, ...machineDocumentRules };

/**
 * Judges a parsed config as a whole.
 * @returns warnings, those of the parser included.
 * @throws ConfigFailure with every error.
 */
export function validateMachineConfig(config: MachineConfig, options: ValidateOptions): Problem[] {
  const { mode, strict = false, onMachine = false } = options;
  const problems: Problem[] = [...config.warnings];
  const report = (severity: Problem["severity"]) => (path: string, message: string) => {
    problems.push({ severity, path, message, ...placeOf(config, path) });
  };
  const context = { mode, onMachine, error: report("error"), warn: report("warning") };
  // A file of documents alone complements a config; it has no machine to judge.
  if (config.node !== undefined && hasSections(config, context)) for (const rule of rules) rule(config, context);
  for (const document of config.documents) problems.push(...documentProblems(document, { mode, onMachine }));
  const fatal = problems.filter(({ severity }) => strict || severity === "error");
  if (fatal.length > 0) throw new ConfigFailure(fatal, config.file);
  return problems;
}

/** Without its sections a config has nothing that could be judged. */
function hasSections(config: MachineConfig, { error }: RuleContext): boolean {
  if (!isSet(config, "machine")) error("machine", "machine instructions are required");
  else if (!isSet(config, "cluster")) error("cluster", "cluster instructions are required");
  else if (!isSet(config, "cluster.controlPlane.endpoint")) {
    error("cluster.controlPlane.endpoint", "cluster controlplane endpoint is required; machines find Kubernetes by it");
  } else return true;
  return false;
}

function documentProblems(
  { kind, node, value }: ConfigDocument,
  asked: Pick<RuleContext, "mode" | "onMachine">,
): Problem[] {
  if (!isDocumentKind(kind)) return [];
  const problems: Problem[] = [];
  const report = (severity: Problem["severity"]) => (path: string, message: string) => {
    problems.push({ severity, path: path === "" ? kind : `${kind}.${path}`, message, ...placeIn(node, path) });
  };
  const context = { ...asked, error: report("error"), warn: report("warning") };
  checkRequired(documentSections[kind], node, "", context.error);
  // The parser read the value with the section of its kind, which is the one the rule is for.
  const rule = documentRules[kind] as DocumentRule<DocumentKind> | undefined;
  if (problems.length === 0) rule?.(value as never, context);
  return problems;
}
