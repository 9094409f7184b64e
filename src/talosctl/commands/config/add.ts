import { readFile } from "node:fs/promises";
import { toBase64 } from "../../../bytes/base64.ts";
import { Failure } from "../../../errors/failure.ts";
import { required } from "../../argument.ts";
import { command } from "../../command.ts";
import { text } from "../../flag.ts";
import { openTalosconfig } from "./editing.ts";

export const add = command({
  name: "add",
  summary: "Add a context from certificate files",
  args: { name: required("Name of the new context") },
  flags: {
    ca: text({ doc: "Authority of the cluster, PEM", placeholder: "file" }),
    crt: text({ doc: "Our certificate, PEM", placeholder: "file" }),
    key: text({ doc: "Our key, PEM", placeholder: "file" }),
  },
  examples: ["talosctl config add demo --ca ca.crt --crt admin.crt --key admin.key"],
  async run({ args: { name }, flags, global }) {
    const { withContext } = await import("../../../talosconfig/talosconfig.ts");
    const editing = await openTalosconfig(global);
    if (editing.config.contexts.has(name)) {
      throw new Failure(`Cannot add context "${name}": there is one of this name`, {
        hint: `Remove it first: talosctl config remove ${name}`,
      });
    }
    const files = { ca: flags.ca, crt: flags.crt, key: flags.key };
    const read = await Promise.all(
      Object.entries(files).flatMap(([field, file]) => (file === undefined ? [] : [readBase64(field, file)])),
    );
    const credentials: { ca?: string; crt?: string; key?: string } = Object.fromEntries(read);
    await editing.save(withContext(editing.config, name, { endpoints: [], nodes: [], ...credentials, rest: {} }));
  },
});

async function readBase64(field: string, file: string): Promise<[string, string]> {
  const content = await readFile(file).catch((cause) => {
    throw new Failure(`Cannot read "${file}"`, { cause });
  });
  return [field, toBase64(content)];
}
