import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main as pbjs } from "protobufjs-cli/pbjs.js";
import { Failure } from "../errors/failure.ts";
import { exactTypes } from "./exact-types.ts";

/** Every folder here with .proto files becomes one module, so that a program loads only what it speaks. */
const sourceRoot = import.meta.dir;
const outputRoot = join(sourceRoot, "generated");

/** Neither reflection nor JSON conversion: the wire alone. Names stay as in the .proto files. */
const lean = [
  "--keep-case",
  "--no-verify",
  "--no-convert",
  "--no-delimited",
  "--no-create",
  "--no-service",
  "--no-typeurl",
];

/**
 * Writes src/proto/generated/<module>.js and .d.ts for each module; those whose inputs did not change are kept.
 * @returns names of the modules that were written anew.
 * @throws Failure naming the module and what its .proto files have wrong.
 */
export async function generate(): Promise<readonly string[]> {
  await mkdir(outputRoot, { recursive: true });
  const names = (await readdir(sourceRoot, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const written: string[] = [];
  for (const { name } of names) {
    const sources = await protoFiles(join(sourceRoot, name));
    if (sources.length > 0 && (await generateModule(name, sources))) written.push(name);
  }
  return written;
}

/** @returns false when the module on disk was made from the same inputs. */
async function generateModule(name: string, sources: readonly string[]): Promise<boolean> {
  const script = join(outputRoot, `${name}.js`);
  const stamp = join(outputRoot, `${name}.inputs`);
  const inputs = await fingerprint(sources);
  if ((await readFile(stamp, "utf8").catch(() => "")) === inputs) return false;

  await rm(stamp, { force: true });
  const from = ["-t", "static-module", "-w", "esm", "--root", name, "-p", join(sourceRoot, name), ...lean, ...sources];
  const described = join(outputRoot, `${name}.described.js`);
  try {
    // pbjs makes the types from the comments of the script; the script we ship has none and is a third of the size.
    await run(name, ["--dts", "-o", described, ...from]);
    await run(name, ["--no-comments", "-o", script, ...from]);
    const types = await readFile(join(outputRoot, `${name}.described.d.ts`), "utf8");
    await writeFile(join(outputRoot, `${name}.d.ts`), exactTypes(types));
  } finally {
    await rm(described, { force: true });
    await rm(join(outputRoot, `${name}.described.d.ts`), { force: true });
  }
  await writeFile(stamp, inputs);
  return true;
}

function run(module: string, args: string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  pbjs(args, (error) => {
    if (error === null || error === undefined) resolve();
    else reject(new Failure(`Cannot generate the protobuf module "${module}"`, { cause: error }));
  });
  return promise;
}

async function protoFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith(".proto"))
    .map((entry) => join(folder, entry))
    .sort();
}

/** A hash over the .proto files, this generator and the version of pbjs. */
async function fingerprint(sources: readonly string[]): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  const generator = [
    import.meta.path,
    join(sourceRoot, "exact-types.ts"),
    Bun.resolveSync("protobufjs-cli/package.json", sourceRoot),
  ];
  for (const path of [...generator, ...sources]) {
    hash
      .update(path.slice(sourceRoot.length))
      .update("\0")
      .update(await readFile(path))
      .update("\0");
  }
  return hash.digest("hex");
}

if (import.meta.main) console.log((await generate()).join(" ") || "protobuf modules are up to date");
