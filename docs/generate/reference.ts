import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { apiPage } from "./api.ts";
import { cliPage } from "./cli.ts";
import { configReferencePages } from "./config.ts";
import { blocks, link, type Page, table } from "./markdown.ts";
import { resourcePages } from "./resources.ts";

const directory = join(import.meta.dir, "../reference");

/** The whole reference, from what the program itself reads. */
export async function referencePages(): Promise<readonly Page[]> {
  return [contentsPage(), ...configReferencePages(), ...(await resourcePages()), cliPage(), apiPage()];
}

function contentsPage(): Page {
  const text = blocks(
    "# Reference",
    "Made from the descriptions that the program itself reads, by `bun build.ts docs`: change those, not these pages.",
    table(
      ["Page", "What it has"],
      [
        [link("Machine configuration", "config/README.md"), "every field of every document, and what its change does"],
        [link("Resources", "resources.md"), "every type: its names, columns and fields"],
        [link("talosctl", "cli.md"), "every command, its flags and examples"],
        [link("API", "api.md"), "every method, and who may call it"],
      ],
    ),
  );
  return { path: "README.md", text };
}

/** Pages that are not as they would be made now, and files that are no page. */
export async function stalePages(): Promise<string[]> {
  const pages = new Map((await referencePages()).map(({ path, text }) => [path, text]));
  await mkdir(directory, { recursive: true });
  const there = await Array.fromAsync(new Glob("**/*").scan({ cwd: directory }));
  const changed = await Promise.all(
    [...pages].map(async ([path, text]) => {
      const file = Bun.file(join(directory, path));
      return (await file.exists()) && (await file.text()) === text ? [] : [path];
    }),
  );
  return [...changed.flat(), ...there.filter((path) => !pages.has(path))].toSorted();
}

/** Makes the reference anew. @returns what changed. */
export async function writeReference(): Promise<readonly string[]> {
  const stale = await stalePages();
  const pages = new Map((await referencePages()).map(({ path, text }) => [path, text]));
  for (const path of stale) {
    const text = pages.get(path);
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    if (text === undefined) await rm(file);
    else await Bun.write(file, text);
  }
  return stale;
}
