import { dirname, join, normalize } from "node:path";
import { Glob } from "bun";

/** One of our TypeScript files. */
export interface SourceFile {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** What it imports: our files as paths, packages by name (`node:fs`, `commander`, `@scope/name`). */
  readonly imports: readonly string[];
  /** Those of its imports that are loaded with it: neither types nor `import()`. */
  readonly eagerImports: readonly string[];
  /** Our files that it names in a string without importing them: Workers, programs that a test spawns. */
  readonly mentions: readonly string[];
}

export const repository = join(import.meta.dir, "../..");

const rooms = ["src", "test", "initramfs", "kernel-config", "docs"];
const importForms = [
  /^(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm, // import … from "x", export … from "x"
  /^import\s*["']([^"']+)["']/gm, // import "x"
  /\bimport\(\s*["']([^"']+)["']/g, // import("x"), of values and of types
];
const eagerForms = [
  // What brings only types in is gone before anything runs.
  /^(?:import|export)\s+(?!type\b)(?!\{(?:\s*type\s[^,}]*,?)+\s*\})[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm,
  /^import\s*["']([^"']+)["']/gm,
];
const mentionForms = [/["'`]((?:\.{0,2}\/)?[\w./-]+\.ts)["'`]/g];

/** Every TypeScript file of the repository that is written by hand. */
export async function readTree(): Promise<SourceFile[]> {
  const paths = ["build.ts"];
  for (const room of rooms) {
    for await (const path of new Glob(`${room}/**/*.ts`).scan({ cwd: repository })) paths.push(path);
  }
  const files: SourceFile[] = [];
  for (const path of paths.filter((path) => !path.includes("/generated/")).toSorted()) {
    const file = Bun.file(join(repository, path));
    if (await file.exists()) files.push(parseSource(path, await file.text()));
  }
  return files;
}

export function parseSource(path: string, text: string): SourceFile {
  const resolve = (name: string) => (name.startsWith(".") ? normalize(join(dirname(path), name)) : packageOf(name));
  const beside = (name: string) => normalize(join(dirname(path), name));
  const found = (forms: readonly RegExp[], place: (name: string) => string) => [
    ...new Set(forms.flatMap((form) => [...text.matchAll(form)].map((match) => place(match[1] ?? "")))),
  ];
  return {
    path,
    text,
    lines: text.split("\n").length - 1,
    imports: found(importForms, resolve),
    eagerImports: found(eagerForms, resolve),
    mentions: found(mentionForms, beside),
  };
}

/** `@scope/name/sub` and `name/sub` are the packages `@scope/name` and `name`; built-in modules keep their full name. */
function packageOf(name: string): string {
  if (name.startsWith("node:") || name.startsWith("bun:")) return name;
  return name.split("/", name.startsWith("@") ? 2 : 1).join("/");
}
