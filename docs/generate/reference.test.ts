import { expect, test } from "bun:test";
import { anchor, type Page } from "./markdown.ts";
import { referencePages, stalePages } from "./reference.ts";

test('the reference is fresh; if not, "bun build.ts docs" makes it anew', async () => {
  expect(await stalePages()).toEqual([]);
});

test("every link leads to a page, and to a heading on it", async () => {
  const pages = await referencePages();
  const headings = new Map(pages.map((page) => [page.path, headingsOf(page)]));
  const dead = pages.flatMap((page) =>
    linksOf(page).filter(({ path, heading }) => !leads(headings.get(path), heading)),
  );
  expect(pages.length).toBeGreaterThan(20);
  expect(dead).toEqual([]);
});

test("every type of resources says what it is", async () => {
  const contents = (await referencePages()).find(({ path }) => path === "resources.md");
  const silent = contents?.text.split("\n").filter((line) => line.startsWith("| [") && line.endsWith("|  |"));
  expect(silent).toEqual([]);
});

const leads = (headings: ReadonlySet<string> | undefined, heading: string | undefined): boolean =>
  headings !== undefined && (heading === undefined || headings.has(heading));

const headingsOf = ({ text }: Page) =>
  new Set([...text.matchAll(/^#+ (.*)$/gm)].map((match) => anchor(match[1] ?? "")));

function linksOf({ path, text }: Page): { from: string; path: string; heading: string | undefined }[] {
  return [...text.matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)].map((match) => {
    const target = new URL(match[1] === "" ? path : (match[1] ?? ""), `file:///${path}`).pathname.slice(1);
    return { from: path, path: match[1] === "" ? path : target, heading: match[2] };
  });
}
