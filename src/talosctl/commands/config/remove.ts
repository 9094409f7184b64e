import { Failure } from "../../../errors/failure.ts";
import { required } from "../../argument.ts";
import { command } from "../../command.ts";
import { contexts } from "../../completion/sources.ts";
import { boolean } from "../../flag.ts";
import { openTalosconfig } from "./editing.ts";

export const remove = command({
  name: "remove",
  summary: "Remove contexts",
  description: "The name may be a pattern, such as test-*. The current context stays.",
  args: { name: required("Context or pattern", { complete: contexts }) },
  flags: {
    noconfirm: boolean({ doc: "Do not ask", short: "y" }),
    dryRun: boolean({ doc: "Only say what would be removed" }),
  },
  examples: ["talosctl config remove old", "talosctl config remove 'test-*' --dry-run"],
  async run({ args: { name }, flags, global, warn, ask }) {
    const { withoutContext } = await import("../../../talosconfig/talosconfig.ts");
    const editing = await openTalosconfig(global);
    const matching = [...editing.config.contexts.keys()].filter((candidate) => new Bun.Glob(name).match(candidate));
    if (matching.length === 0) throw new Failure(`Cannot remove "${name}": no context matches`);
    let { config } = editing;
    for (const match of matching) {
      if (match === config.context) {
        warn(`"${match}" is the current context and stays; choose another first`);
        continue;
      }
      if (flags.dryRun) warn(`would remove context "${match}"`);
      else if (flags.noconfirm || (await confirms(ask, match))) {
        warn(`removing context "${match}"`);
        config = withoutContext(config, match);
      }
    }
    if (config !== editing.config) await editing.save(config);
  },
});

async function confirms(ask: (question: string) => Promise<string | undefined>, name: string): Promise<boolean> {
  const answer = await ask(`Remove context "${name}" [y/N]? `);
  if (answer === undefined) {
    throw new Failure(`Cannot ask whether to remove "${name}": there is no terminal`, {
      hint: "To remove it all the same, add -y",
    });
  }
  return /^y(?:es)?$/i.test(answer.trim());
}
