import { configPages } from "../../src/config/reference.ts";
import { blocks, code, link, type Page, table } from "./markdown.ts";

/** The machine configuration: a page of contents, then one for each area and document. */
export function configReferencePages(): Page[] {
  const pages = configPages();
  const list = (kind: "area" | "document") =>
    pages.filter((page) => page.kind === kind).map(({ name, doc }) => [link(code(name), `${name}.md`), doc]);
  const contents = blocks(
    "# Machine configuration",
    "A machine is described by YAML documents in one file: one of version `v1alpha1`, and any number of others. `talosctl explain <field>` says the same for one field, `talosctl explain -o schema` for editors, and `talosctl gen config` writes a file to begin with.",
    "The column *A change* says what a change of the field does to a running machine: it is `live` at once, restarts a service, or needs a `reboot`. `talosctl apply-config --dry-run` shows it for an actual change.",
    "## The v1alpha1 document",
    table(["Area", "What it is"], list("area")),
    "## Other documents",
    table(["Kind", "What it is"], list("document")),
  );
  return [
    { path: "config/README.md", text: contents },
    ...pages.map(({ name, text }) => ({ path: `config/${name}.md`, text })),
  ];
}
