import type { NodeTaintSpec } from "../../resources/k8s/node-taint-spec.ts";
import type { NodeObject, NodeTaint } from "./node-object.ts";

type Texts = Readonly<Record<string, string>>;

/** What the configuration wants of this machine's node. */
export interface NodeWishes {
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly taints: readonly NodeTaintSpec[];
  /** No new pods; `undefined`: leave it as it is. */
  readonly cordoned: boolean | undefined;
}

/** Annotations in which the node itself remembers what of it is ours: JSON lists of keys. */
const owned = {
  labels: "talos.dev/owned-labels",
  annotations: "talos.dev/owned-annotations",
  taints: "talos.dev/owned-taints",
} as const;

/** Set while it was this machine, and not somebody else, that told pods to stay away. */
const cordonedByUs = "talos.dev/cordoned";

/** A merge patch: what it does not name stays. */
export interface NodePatch {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string | null>>;
    readonly annotations?: Readonly<Record<string, string | null>>;
  };
  readonly spec: { readonly taints?: readonly NodeTaint[]; readonly unschedulable?: boolean };
}

/**
 * What has to change of a node for the wishes to come true; undefined when nothing has. What others have set stays
 * theirs, even if the configuration wishes it otherwise; what was wished once and is no longer goes away.
 */
export function nodeChanges({ metadata = {}, spec = {} }: NodeObject, wishes: NodeWishes): NodePatch | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const ofLabels = merge(labels, keysIn(annotations[owned.labels]), wishes.labels);
  const ofAnnotations = merge(annotations, keysIn(annotations[owned.annotations]), wishes.annotations);
  const ofTaints = mergeTaints(spec.taints ?? [], keysIn(annotations[owned.taints]), wishes.taints);
  const cordon = cordonChange(spec.unschedulable ?? false, annotations[cordonedByUs] !== undefined, wishes.cordoned);
  const annotationChanges = differences(annotations, {
    ...annotations,
    ...ofAnnotations.changes,
    [owned.labels]: listOf(ofLabels.owned),
    [owned.annotations]: listOf(ofAnnotations.owned),
    [owned.taints]: listOf(ofTaints.owned),
    ...(cordon === undefined ? {} : { [cordonedByUs]: cordon ? "true" : null }),
  });
  const patch: NodePatch = {
    metadata: {
      ...(isEmpty(ofLabels.changes) ? {} : { labels: ofLabels.changes }),
      ...(isEmpty(annotationChanges) ? {} : { annotations: annotationChanges }),
    },
    spec: {
      ...(ofTaints.taints === undefined ? {} : { taints: ofTaints.taints }),
      ...(cordon === undefined ? {} : { unschedulable: cordon }),
    },
  };
  return isEmpty(patch.metadata) && isEmpty(patch.spec) ? undefined : patch;
}

/** Which keys are ours now, and what changes for that. */
function merge(current: Texts, before: ReadonlySet<string>, wanted: Texts) {
  const mine = new Set<string>();
  const changes: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(wanted)) {
    const found = current[key];
    if (found === undefined || found === value || before.has(key)) mine.add(key);
    if (found !== value && mine.has(key)) changes[key] = value;
  }
  for (const key of before) {
    if (wanted[key] === undefined && current[key] !== undefined) changes[key] = null;
  }
  return { owned: mine, changes };
}

function mergeTaints(current: readonly NodeTaint[], before: ReadonlySet<string>, wanted: readonly NodeTaintSpec[]) {
  const mine = new Set<string>();
  const taints = current.filter(({ key }) => !before.has(key) || wanted.some((wish) => wish.key === key));
  for (const { key, value, effect } of wanted) {
    const at = taints.findIndex((taint) => taint.key === key);
    const found = taints[at];
    const same = found !== undefined && (found.value ?? "") === value && found.effect === effect;
    if (found === undefined || same || before.has(key)) mine.add(key);
    if (!same && mine.has(key)) taints.splice(at < 0 ? taints.length : at, 1, { key, value, effect });
  }
  return { owned: mine, taints: JSON.stringify(taints) === JSON.stringify(current) ? undefined : taints };
}

function cordonChange(isCordoned: boolean, byUs: boolean, wanted: boolean | undefined): boolean | undefined {
  if (wanted === true && !isCordoned) return true;
  // Whoever else cordoned it will have had a reason.
  if (wanted === false && isCordoned && byUs) return false;
  return undefined;
}

function differences(from: Texts, to: Readonly<Record<string, string | null>>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(to).filter(([key, value]) => (from[key] ?? null) !== value));
}

const listOf = (keys: ReadonlySet<string>): string | null =>
  keys.size === 0 ? null : JSON.stringify([...keys].toSorted());

function keysIn(annotation: string | undefined): ReadonlySet<string> {
  try {
    const keys: unknown = JSON.parse(annotation ?? "[]");
    return new Set(Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : []);
  } catch {
    // Somebody edited it. What we do not know to be ours we leave alone.
    return new Set();
  }
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;
