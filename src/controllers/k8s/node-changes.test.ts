import { expect, test } from "bun:test";
import fc from "fast-check";
import { type NodePatch, type NodeWishes, nodeChanges } from "./node-changes.ts";
import type { NodeObject } from "./node-object.ts";
import { kubeletMaySet, withinRestriction } from "./node-restriction.ts";

const nothing: NodeWishes = { labels: {}, annotations: {}, taints: [], cordoned: undefined };

/** What the API server makes of a merge patch. */
function patched({ metadata = {}, spec = {} }: NodeObject, { metadata: meta, spec: more }: NodePatch): NodeObject {
  const merged = (from: Readonly<Record<string, string>> = {}, to: Readonly<Record<string, string | null>> = {}) =>
    Object.fromEntries(
      Object.entries({ ...from, ...to }).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const])),
    );
  return {
    metadata: {
      ...metadata,
      labels: merged(metadata.labels, meta.labels),
      annotations: merged(metadata.annotations, meta.annotations),
    },
    spec: { ...spec, ...more },
  };
}

const apply = (node: NodeObject, wishes: NodeWishes): NodeObject => {
  const changes = nodeChanges(node, wishes);
  return changes === undefined ? node : patched(node, changes);
};

test("what is wished comes, what is no longer wished goes, and others' things stay", () => {
  const theirs: NodeObject = {
    metadata: { labels: { tier: "theirs", zone: "a" }, annotations: { note: "theirs" } },
    spec: { taints: [{ key: "theirs", effect: "NoExecute" }] },
  };
  const wishes: NodeWishes = {
    labels: { tier: "ours", rack: "7", zone: "a" },
    annotations: { owner: "us", note: "ours" },
    taints: [
      { key: "dedicated", value: "db", effect: "NoSchedule" },
      { key: "theirs", value: "", effect: "NoSchedule" },
    ],
    cordoned: undefined,
  };
  const with_ = apply(theirs, wishes);
  expect(with_.metadata?.labels).toEqual({ tier: "theirs", zone: "a", rack: "7" });
  expect(with_.metadata?.annotations).toEqual({
    note: "theirs",
    owner: "us",
    "talos.dev/owned-labels": '["rack","zone"]',
    "talos.dev/owned-annotations": '["owner"]',
    "talos.dev/owned-taints": '["dedicated"]',
  });
  expect(with_.spec?.taints).toEqual([
    { key: "theirs", effect: "NoExecute" },
    { key: "dedicated", value: "db", effect: "NoSchedule" },
  ]);
  expect(nodeChanges(with_, wishes)).toBeUndefined();

  const changed = apply(with_, {
    ...wishes,
    labels: { rack: "8" },
    taints: [{ key: "dedicated", value: "", effect: "NoExecute" }],
  });
  expect(changed.metadata?.labels).toEqual({ tier: "theirs", rack: "8" });
  expect(changed.spec?.taints?.[1]).toEqual({ key: "dedicated", value: "", effect: "NoExecute" });

  const without = apply(changed, nothing);
  expect(without.metadata?.labels).toEqual({ tier: "theirs" });
  expect(without.metadata?.annotations).toEqual({ note: "theirs" });
  expect(without.spec?.taints).toEqual(theirs.spec?.taints);
});

test("a node is cordoned and let in again, unless it was somebody else who cordoned it", () => {
  const cordoned = apply({}, { ...nothing, cordoned: true });
  expect(cordoned.spec?.unschedulable).toBe(true);
  expect(cordoned.metadata?.annotations).toEqual({ "talos.dev/cordoned": "true" });
  expect(nodeChanges(cordoned, { ...nothing, cordoned: undefined })).toBeUndefined();
  const back = apply(cordoned, { ...nothing, cordoned: false });
  expect(back.spec?.unschedulable).toBe(false);
  expect(back.metadata?.annotations).toEqual({});
  const byAdministrator: NodeObject = { spec: { unschedulable: true } };
  expect(nodeChanges(byAdministrator, { ...nothing, cordoned: true })).toBeUndefined();
  expect(nodeChanges(byAdministrator, { ...nothing, cordoned: false })).toBeUndefined();
});

test("a memory that somebody spoilt is no reason to take what may be theirs", () => {
  const spoilt: NodeObject = { metadata: { labels: { a: "1" }, annotations: { "talos.dev/owned-labels": "no list" } } };
  expect(apply(spoilt, { ...nothing, labels: { a: "2" } }).metadata?.labels).toEqual({ a: "1" });
});

const texts = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2"));
const wishes = fc.record({
  labels: texts,
  annotations: texts,
  taints: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom("a", "b", "c"),
      value: fc.constantFrom("", "1"),
      effect: fc.constant("NoSchedule"),
    }),
    { selector: ({ key }) => key },
  ),
  cordoned: fc.option(fc.boolean(), { nil: undefined }),
});

test("after any wishes, no wishes leave a node as it was, and one change is enough for each", () => {
  fc.assert(
    fc.property(texts, texts, fc.array(wishes, { maxLength: 5 }), (labels, annotations, all) => {
      const first: NodeObject = { metadata: { labels, annotations }, spec: { taints: [] } };
      let node = first;
      for (const each of all) {
        node = apply(node, each);
        expect(nodeChanges(node, each)).toBeUndefined();
      }
      // What we found with just the value that we wished has become ours: as in the reference, it goes with the wish.
      const left = apply(node, { ...nothing, cordoned: false });
      expect(labels).toMatchObject(left.metadata?.labels ?? {});
      expect(left.spec?.taints).toEqual([]);
      expect(left.spec?.unschedulable ?? false).toBe(false);
    }),
  );
});

test("a kubelet may set what NodeRestriction lets it", () => {
  const mine = ["tier", "example.org/rack", "kubernetes.io/arch", "node.kubernetes.io/a", "a.kubelet.kubernetes.io/b"];
  expect(mine.filter((label) => !kubeletMaySet(label))).toEqual([]);
  const not = ["node-role.kubernetes.io/worker", "node-restriction.kubernetes.io/a", "k8s.io/a", "x.k8s.io/a"];
  expect(not.filter(kubeletMaySet)).toEqual([]);
  const { wishes: left, refused } = withinRestriction({
    labels: { tier: "db", "node-role.kubernetes.io/db": "" },
    annotations: { a: "b" },
    taints: [{ key: "dedicated", value: "", effect: "NoSchedule" }],
    cordoned: true,
  });
  expect(left).toEqual({ labels: { tier: "db" }, annotations: { a: "b" }, taints: [], cordoned: true });
  expect(refused).toEqual(["label node-role.kubernetes.io/db", "taint dedicated"]);
});
