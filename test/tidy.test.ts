import { describe, expect, test } from "bun:test";
import { checkMessage, messagesOf } from "./tidy/error-messages.ts";
import {
  clientRooms,
  findCycle,
  heavyForHelp,
  layerOf,
  linuxOnlyClientFolder,
  machineRooms,
  processRooms,
  reachableFrom,
  roomOf,
  trailTo,
} from "./tidy/layers.ts";
import { parseSource, readTree, type SourceFile } from "./tidy/tree.ts";

/**
 * The architecture as a test. Each rule lists its offenders, so that a failure reads as a list of what to mend.
 * The tables that say who may know whom are in tidy/layers.ts.
 */
const tree = await readTree();
const isTest = (path: string) => path.endsWith(".test.ts") || path.startsWith("test/");
const product = tree.filter(({ path }) => path.startsWith("src/") && !isTest(path));
const byPath = new Map(tree.map((file) => [file.path, file]));
const importsOf = (path: string) => byPath.get(path)?.imports ?? [];
const ours = (name: string) => name.startsWith("src/") && !name.includes("/generated/");

/** The imports of our own files that break a rule, as `a -> b`. */
const offending = (files: readonly SourceFile[], breaks: (from: string, to: string) => boolean) =>
  files.flatMap(({ path, imports }) =>
    imports.filter((name) => ours(name) && breaks(path, name)).map((name) => `${path} -> ${name}`),
  );

describe("dependencies", () => {
  test("every room has a layer", () => {
    const rooms = product.filter(({ path }) => layerOf(path) === undefined).map(({ path }) => roomOf(path));
    expect([...new Set(rooms)]).toEqual([]);
  });

  test("every file of ours that is imported exists", () => {
    expect(offending(tree, (_, to) => !byPath.has(to))).toEqual([]);
  });

  test("arrows point down", () => {
    expect(offending(product, (from, to) => (layerOf(to) ?? 0) > (layerOf(from) ?? 0))).toEqual([]);
  });

  test("rooms form no cycle", () => {
    const edges = new Map<string, Set<string>>();
    for (const { path, imports } of product) {
      const targets = edges.getOrInsertComputed(roomOf(path), () => new Set());
      for (const name of imports) if (ours(name) && roomOf(name) !== roomOf(path)) targets.add(roomOf(name));
    }
    expect(findCycle(edges)).toEqual([]);
  });

  test("programs never import one another", () => {
    const crosses = (from: string, to: string) =>
      processRooms.has(roomOf(from)) && processRooms.has(roomOf(to)) && roomOf(from) !== roomOf(to);
    expect(offending(product, crosses).filter((edge) => !edge.startsWith(linuxOnlyClientFolder))).toEqual([]);
  });

  test("controllers meet in resources, never in each other", () => {
    const controllers = new Set(
      product
        .filter(({ path, text }) => path.startsWith("src/controllers/") && text.includes("defineController("))
        .map(({ path }) => path),
    );
    expect(offending(product, (from, to) => controllers.has(from) && controllers.has(to))).toEqual([]);
  });

  test("what runs on an administrator's computer needs no Linux", () => {
    const clients = product.map(({ path }) => path).filter((path) => clientRooms.has(roomOf(path)));
    const portable = clients.filter((path) => !path.startsWith(linuxOnlyClientFolder));
    const reached = reachableFrom(portable, importsOf, (_, to) => !to.startsWith(linuxOnlyClientFolder));
    const offenders = [...reached.keys()].filter((path) => ours(path) && machineRooms.has(roomOf(path)));
    expect(offenders.map((path) => trailTo(path, reached))).toEqual([]);
  });

  test("the Linux-only provisioner is loaded lazily", () => {
    const eager = product.filter(
      ({ path, text }) =>
        path.startsWith("src/talosctl/") &&
        !path.startsWith(linuxOnlyClientFolder) &&
        /from "[^"]*\/container\//.test(text),
    );
    expect(eager.map(({ path }) => path)).toEqual([]);
  });

  test("talosctl --help loads nothing heavy", () => {
    const reached = reachableFrom(["src/talosctl/main.ts"], (path) => byPath.get(path)?.eagerImports ?? []);
    const heavy = [...reached.keys()].filter((name) => heavyForHelp.has(name) || name.includes("/generated/"));
    expect(heavy.map((name) => trailTo(name, reached))).toEqual([]);
    expect(reached.has("src/talosctl/commands/get.ts")).toBeTrue();
  });

  test("only src/linux calls the kernel", () => {
    const callers = tree.filter(({ path, imports }) => imports.includes("bun:ffi") && !path.startsWith("src/linux/"));
    expect(callers.map(({ path }) => path)).toEqual([]);
  });

  test("each package is imported from one file", () => {
    const adapters = new Map<string, string[]>();
    for (const { path, imports } of product) {
      for (const name of imports) {
        if (/^(?:src|node:|bun|\.)/.test(name)) continue;
        adapters.getOrInsertComputed(name, () => []).push(path);
      }
    }
    expect([...adapters].filter(([, paths]) => paths.length > 1)).toEqual([]);
  });
});

describe("files", () => {
  test("no file is dead", () => {
    const leadsTo = (path: string) => {
      const mentions = byPath.get(path)?.mentions.filter((name) => byPath.has(name)) ?? [];
      return [...importsOf(path), ...mentions];
    };
    const alive = reachableFrom(["src/main.ts", "build.ts"], leadsTo);
    const forTests = reachableFrom(
      tree.map(({ path }) => path).filter((path) => path.endsWith(".test.ts") || path.startsWith("test/bench/")),
      leadsTo,
    );
    const isSupport = (path: string) =>
      path.startsWith("test/") || /(?:^|[/-])(?:testing|conformance|fixtures?)[./]/.test(path);
    const dead = tree
      .map(({ path }) => path)
      .filter((path) => !alive.has(path) && !(forTests.has(path) && (isTest(path) || isSupport(path))));
    expect(dead).toEqual([]);
  });

  test("no file is longer than 500 lines", () => {
    expect(tree.filter(({ lines }) => lines > 500).map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
  });

  test("names are in kebab-case", () => {
    const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.d)?(?:\.ts)?$/;
    const wrong = tree.filter(({ path }) => !path.split("/").every((part) => kebab.test(part)));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test("every test asserts something", () => {
    const silent = tree.filter(({ path, text }) => path.endsWith(".test.ts") && !/\bexpect\(|\bassert\w*\(/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});

describe("text", () => {
  const lines = (pattern: RegExp, files = tree) =>
    files.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
    );

  test("no default exports", () => {
    expect(lines(/^export default\b|\bas default\b/)).toEqual([]);
  });

  test("nothing sleeps a fixed time", () => {
    // `pause`, for a protocol's intervals, and timers that an event can end are something else.
    const sleeps =
      /\bBun\.sleep(?:Sync)?\(|\bsetTimeout\((?:r|resolve), [\d_]|=> setTimeout\((?:r|resolve),|timers\/promises/;
    expect(lines(sleeps)).toEqual([]);
  });

  test("no test is skipped, focused or left for later", () => {
    expect(lines(/^\s*(?:test|it|describe)\.(?:skip|todo|only)\(/)).toEqual([]);
  });

  test("nothing is suppressed without a reason", () => {
    expect(lines(/@ts-(?:ignore|nocheck)|biome-ignore [^:]*$|@ts-expect-error\s*$/)).toEqual([]);
  });

  test("errors say what could not be done, in one sentence without a full stop", () => {
    const wrong = product.flatMap(({ path, text }) =>
      messagesOf(text).flatMap((message) => checkMessage(message).map((fault) => `${path}: "${message}" ${fault}`)),
    );
    expect(wrong).toEqual([]);
  });
});

describe("the rules themselves", () => {
  test("a cycle is found and named", () => {
    const edges = new Map([
      ["a", new Set(["b"])],
      ["b", new Set(["c"])],
      ["c", new Set(["b"])],
    ]);
    expect(findCycle(edges)).toEqual(["b", "c", "b"]);
    expect(findCycle(new Map([["a", new Set(["b"])]]))).toEqual([]);
  });

  test("every form of import is seen", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type { B } from "../b.ts";',
      'import { type G, type H } from "../b.ts";',
      'export * from "./c.ts";',
      "import {\n  d,\n} from '@scope/d/sub';",
      'const e = await import("./e.ts");',
      'import "f/side-effect";',
      'new Worker("./g.ts");',
    ].join("\n");
    const { imports, eagerImports, mentions } = parseSource("src/room/file.ts", text);
    expect(eagerImports.toSorted()).toEqual(["@scope/d", "f", "src/room/a.ts", "src/room/c.ts"]);
    expect(imports.toSorted()).toEqual([
      "@scope/d",
      "f",
      "src/b.ts",
      "src/room/a.ts",
      "src/room/c.ts",
      "src/room/e.ts",
    ]);
    expect(mentions).toContain("src/room/g.ts");
  });

  test("messages that do not help are refused", () => {
    const messages = messagesOf(
      'throw new Failure(`Could not open it.`);\nthrow new Failure("Cannot open the door: it is shut");',
    );
    expect(messages).toHaveLength(2);
    expect(messages.map((message) => checkMessage(message).length)).toEqual([1, 0]);
  });
});
