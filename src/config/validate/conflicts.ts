import type { DocumentKind } from "../documents/index.ts";
import { isSet } from "../locate.ts";
import type { Rule } from "./rule.ts";

/** Fields of the v1alpha1 document that a document of its own takes over: both at once contradict each other. */
const takenOver: { readonly [Kind in DocumentKind]?: readonly string[] } = {
  HostnameConfig: ["machine.network.hostname"],
  ResolverConfig: ["machine.network.nameservers", "machine.network.searchDomains"],
  TimeSyncConfig: ["machine.time.servers", "machine.time.bootTimeout"],
};

const fields: Rule = (config, { error }) => {
  for (const [kind, paths] of Object.entries(takenOver)) {
    const document = config.documents.find((one) => one.kind === kind);
    if (document === undefined) continue;
    for (const path of paths) {
      if (!isSet(config, path)) continue;
      error(path, `the ${kind} document on line ${document.node.line} says it as well; keep the document`);
    }
  }
};

/** Switches contradict a document only when they are on. */
const switches: Rule = (config, { error }) => {
  const { network, features, time } = config.machine;
  const on: readonly (readonly [DocumentKind, string, boolean | undefined])[] = [
    ["HostnameConfig", "machine.features.stableHostname", features.stableHostname],
    ["ResolverConfig", "machine.network.disableSearchDomain", network.disableSearchDomain],
    ["TimeSyncConfig", "machine.time.disabled", time.disabled],
  ];
  for (const [kind, path, isOn] of on) {
    const document = config.documents.find((one) => one.kind === kind);
    if (!isOn || document === undefined) continue;
    error(path, `the ${kind} document on line ${document.node.line} decides it as well; keep the document`);
  }
  if (network.hostname !== undefined && features.stableHostname) {
    error("machine.network.hostname", "features.stableHostname derives the name; set one or the other");
  }
};

/** What must hold between the v1alpha1 document and the others. */
export const conflictRules: readonly Rule[] = [fields, switches];
