import { EditedYaml, readYaml, toPlain } from "../../config/yaml.ts";
import { Failure } from "../../errors/failure.ts";
import { isRecord } from "../../kube/object.ts";

/** The parts of a kubeconfig that have names: the list that holds them, and what an entry calls its content. */
const parts = [
  { what: "cluster", list: "clusters" },
  { what: "user", list: "users" },
  { what: "context", list: "contexts" },
] as const;

export type Part = (typeof parts)[number]["what"];
export type Resolution = "rename" | "overwrite";

export interface MergeOptions {
  /** Asked when a name is taken by something else. */
  onConflict(part: Part, name: string): Promise<Resolution> | Resolution;
  /** What the context is to be called; its own name by default. */
  readonly contextName?: string;
}

export interface MergedKubeconfig {
  readonly text: string;
  readonly renamed: readonly { readonly part: Part; readonly from: string; readonly to: string }[];
  /** The current context, which is the one that was added. */
  readonly context: string;
}

type Fields = Readonly<Record<string, unknown>>;
interface Entry {
  readonly name: string;
  readonly content: Fields;
}

/**
 * Adds a kubeconfig of one context to a user's, and makes that context the current one. All else in the user's text
 * stays as it is, comments included. Merging the same again changes nothing.
 * @throws Failure when one of them is no kubeconfig.
 */
export async function mergeKubeconfig(
  text: string,
  added: string,
  { onConflict, contextName }: MergeOptions,
): Promise<MergedKubeconfig> {
  const present = fieldsOf(text, "the file");
  const edited = new EditedYaml(text.trim() === "" ? "apiVersion: v1\nkind: Config\n" : text);
  const source = fieldsOf(added, "what is to be added");
  const names = new Map<Part, string>();
  const renamed: MergedKubeconfig["renamed"][number][] = [];
  for (const { what, list } of parts) {
    const entry = only(entriesOf(source, list, what), what);
    const content = what === "context" ? { ...entry.content, ...references(names) } : entry.content;
    const taken = entriesOf(present, list, what);
    const wanted = what === "context" ? (contextName ?? followed(entry.name, names, renamed)) : entry.name;
    const isFree = (name: string) => same(taken, name, content) || !taken.some((other) => other.name === name);
    const overwrites = !isFree(wanted) && (await onConflict(what, wanted)) === "overwrite";
    const name = overwrites ? wanted : firstFree(wanted, isFree);
    names.set(what, name);
    if (name !== entry.name && name !== contextName) renamed.push({ part: what, from: entry.name, to: name });
    const index = taken.findIndex((other) => other.name === name);
    if (index < 0) edited.append([list], { name, [what]: content });
    else if (!same(taken, name, content)) edited.set([list, index, what], content);
  }
  const context = names.get("context") ?? "";
  if (present["current-context"] !== context) edited.set(["current-context"], context);
  return { text: edited.toString(), renamed, context };
}

/** A context names its cluster and user: by the names that those have now. */
const references = (names: ReadonlyMap<Part, string>): Fields => ({
  cluster: names.get("cluster"),
  user: names.get("user"),
});

/** A context is called after its user, and is renamed with it. */
function followed(name: string, names: ReadonlyMap<Part, string>, renamed: MergedKubeconfig["renamed"]): string {
  const user = renamed.find(({ part }) => part === "user");
  return user !== undefined && user.from === name ? (names.get("user") ?? name) : name;
}

function firstFree(name: string, isFree: (name: string) => boolean): string {
  let free = name;
  for (let count = 1; !isFree(free); count += 1) free = `${name}-${count}`;
  return free;
}

const same = (entries: readonly Entry[], name: string, content: Fields): boolean =>
  entries.some((entry) => entry.name === name && Bun.deepEquals(entry.content, content));

function only(entries: readonly Entry[], what: Part): Entry {
  const [entry, ...others] = entries;
  if (entry !== undefined && others.length === 0) return entry;
  throw new Failure(`Cannot merge kubeconfigs: what is to be added has ${entries.length} ${what}s instead of one`);
}

/** In order, a gap where an entry is no such thing: their places are those of the text. */
function entriesOf(config: Fields, list: string, what: Part): Entry[] {
  const items = config[list];
  return (Array.isArray(items) ? items : []).map((item: unknown) => {
    const fields = isRecord(item) ? item : {};
    return { name: String(fields.name ?? ""), content: isRecord(fields[what]) ? fields[what] : {} };
  });
}

function fieldsOf(text: string, which: string): Fields {
  const { documents, problems } = readYaml(text);
  const [wrong] = problems;
  if (wrong !== undefined) {
    throw new Failure(`Cannot read ${which} as a kubeconfig: ${wrong.line}:${wrong.column}: ${wrong.message}`);
  }
  const [document, ...others] = documents;
  const fields = document === undefined ? {} : toPlain(document);
  if (!isRecord(fields) || others.length > 0) throw new Failure(`Cannot read ${which} as a kubeconfig: it is none`);
  for (const { list } of parts) {
    const items = fields[list] ?? [];
    if (!Array.isArray(items)) throw new Failure(`Cannot read ${which} as a kubeconfig: ${list} is no list`);
  }
  return fields;
}
