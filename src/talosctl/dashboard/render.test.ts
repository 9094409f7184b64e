import { expect, test } from "bun:test";
import fc from "fast-check";
import { type NodeView, unknownNode } from "./node-view.ts";
import { Painter } from "./painter.ts";
import { render } from "./render.ts";
import { fit } from "./style.ts";
import { VirtualScreen } from "./testing/virtual-screen.ts";

const node: NodeView = {
  node: "10.0.0.2",
  trouble: undefined,
  identity: { hostname: "cp-1", version: "v1.12.8", stage: "running", isReady: true, unmet: [] },
  figures: {
    upSeconds: 3_725,
    cpu: 0.5,
    processors: 4,
    load: [0.5, 0.25, 1],
    memoryBytes: 4_000_000_000,
    memoryUsedBytes: 1_000_000_000,
    received: 1_500,
    sent: 20,
  },
  services: [
    { id: "etcd", state: "Running", healthy: true, message: "Health check successful" },
    { id: "kubelet", state: "Waiting", healthy: undefined, message: "Waiting for time" },
  ],
  processes: [
    { pid: 42, cpu: 0.126, residentBytes: 52_000_000, command: "kube-apiserver --audit" },
    { pid: 7, cpu: undefined, residentBytes: 900_000, command: "pause" },
  ],
  log: Array.from({ length: 30 }, (_, index) => `line ${index + 1}`),
};

const picture = { nodes: [node, unknownNode("10.0.0.3")], shown: 0, scrolled: 0, columns: 100, rows: 18 };

function shown(of: typeof picture): string[] {
  const screen = new VirtualScreen(of.columns, of.rows);
  using painter = new Painter(screen);
  painter.paint(render(of));
  return screen.lines();
}

test("a node is shown with its numbers, services, processes and the end of its log", () => {
  expect(shown(picture)).toEqual([
    ` cp-1 (10.0.0.2)${" ".repeat(51)}v1.12.8  running, ready  up 1h2m`,
    ` CPU [|||||||||||||||               ]  50% of 4   load 0.50 0.25 1.00`,
    ` MEM [||||||||                      ] 1.0 GB of 4.0 GB   net ↓ 1.5 kB/s ↑ 20 B/s`,
    "",
    `── services ${"─".repeat(38)}── processes ${"─".repeat(37)}`,
    ` ● etcd             Running${" ".repeat(29)}42   13%    52 MB kube-apiserver --audit`,
    ` ● kubelet          Waiting    Waiting for time${" ".repeat(10)}7     –   900 kB pause`,
    ...["", "", "", ""],
    `── log ${"─".repeat(93)}`,
    ...[" line 26", " line 27", " line 28", " line 29", " line 30"],
    ` 10.0.0.2  10.0.0.3${" ".repeat(55)}←/→ node  ↑/↓ log  q quit`,
  ]);
});

test("the log can be looked back into", () => {
  expect(shown({ ...picture, scrolled: 10 }).slice(11, 17)).toEqual([
    `── log, 10 lines up ${"─".repeat(80)}`,
    ...[" line 16", " line 17", " line 18", " line 19", " line 20"],
  ]);
});

test("a node that does not answer is marked, with the reason, and what was known stays", () => {
  const dead = { ...node, trouble: "Cannot reach 10.0.0.2: connection refused" };
  const lines = shown({ ...picture, nodes: [dead, unknownNode("10.0.0.3")] });
  expect(lines[0]).toEndWith("no answer");
  expect(lines[3]).toBe(" Cannot reach 10.0.0.2: connection refused");
  expect(lines[5]).toContain("etcd");
  expect(lines.at(-1)).toStartWith(" ✗ 10.0.0.2  10.0.0.3");
});

test("what a machine says cannot move the cursor", () => {
  const evil = { ...node, log: ["\u001b[2J\u001b[1;1Howned\rby\u0007\tme"] };
  expect(shown({ ...picture, nodes: [evil] }).find((line) => line.includes("owned"))).toBe(" owned·by·    me");
});

const anyNode: fc.Arbitrary<NodeView> = fc.record({
  node: fc.string(),
  trouble: fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }),
  identity: fc.constant(node.identity),
  figures: fc.option(fc.constant(node.figures), { nil: undefined }),
  services: fc.array(fc.constantFrom(...node.services), { maxLength: 20 }),
  processes: fc.array(fc.constantFrom(...node.processes), { maxLength: 20 }),
  log: fc.array(fc.string({ unit: "grapheme", maxLength: 60 }), { maxLength: 40 }),
});
const size = { columns: fc.integer({ min: 1, max: 140 }), rows: fc.integer({ min: 1, max: 50 }) };
const anyPicture = fc
  .record({ nodes: fc.array(anyNode, { minLength: 1, maxLength: 5 }), scrolled: fc.nat(60), ...size })
  .chain((rest) => fc.record({ ...constants(rest), shown: fc.nat(rest.nodes.length - 1) }));

const constants = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fc.constant(value)])) as {
    readonly [Key in keyof T]: fc.Arbitrary<T[Key]>;
  };

test("a picture fills the screen to the last cell, whatever its size and what it shows", () => {
  fc.assert(
    fc.property(anyPicture, (any) => {
      const rows = render(any);
      expect(rows).toHaveLength(any.rows);
      for (const row of rows) expect(Bun.stringWidth(row)).toBe(any.columns);
    }),
    { numRuns: 150 },
  );
});

test("pictures painted one over the other look like each painted alone", () => {
  fc.assert(
    fc.property(fc.array(anyPicture, { minLength: 1, maxLength: 4 }), (pictures) => {
      const screen = new VirtualScreen(80, 24);
      using painter = new Painter(screen);
      for (const any of pictures) {
        screen.resize(any.columns, any.rows);
        painter.paint(render(any));
        const alone = new VirtualScreen(any.columns, any.rows);
        using other = new Painter(alone);
        other.paint(render(any));
        expect(screen.lines()).toEqual(alone.lines());
      }
    }),
    { numRuns: 60 },
  );
});

test("the same picture again costs nothing, and one changed line is one line", () => {
  const screen = new VirtualScreen(picture.columns, picture.rows);
  using painter = new Painter(screen);
  painter.paint(render(picture));
  const before = screen.written.length;
  painter.paint(render(picture));
  expect(screen.written.length).toBe(before);
  painter.paint(
    render({ ...picture, nodes: [{ ...node, services: node.services.slice(1) }, unknownNode("10.0.0.3")] }),
  );
  const [last = ""] = screen.written.slice(-1);
  expect(last.match(/\u001b\[\d+;1H/g)).toEqual(["\u001b[6;1H", "\u001b[7;1H"]);
});

test("text is cut by the columns that it takes, between letters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), fc.nat(40), (text, columns) => {
      expect(Bun.stringWidth(fit(text.replace(/\p{C}/gu, ""), columns))).toBe(columns);
    }),
  );
  expect(fit("日本語", 5)).toBe("日本 ");
});
