import { anything, list, type MergeRule, section } from "../describe.ts";

const items = (merge: MergeRule) => list(anything({ doc: "" }), { doc: "", merge });

/** The fields of documents which are kept as they are, that do not merge as their values look. */
export const keptSections = {
  ExtensionServiceConfig: section({ doc: "", fields: { configFiles: items({ keys: ["mountPath"] }) } }),
  NetworkRuleConfig: section({
    doc: "",
    fields: {
      portSelector: section({ doc: "", fields: { ports: items("replace") } }),
      ingress: items("replace"),
    },
  }),
} as const;
