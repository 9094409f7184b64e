import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { defineController } from "../../cosi/controller.ts";
import { codeOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

export interface UdevRulesOptions {
  /** Has udevd read its rules again, and go by them for every device that there is. */
  readonly reload: (signal: AbortSignal) => Promise<void>;
  /** After the image's rules, by its name. */
  readonly path?: string;
}

/** Writes `machine.udev.rules` where udevd finds them, and has them applied to devices that are there already. */
export const udevRulesController = ({ reload, path = "/run/udev/rules.d/99-talos.rules" }: UdevRulesOptions) => {
  /** What udevd goes by. */
  let loaded = "";
  return defineController({
    name: "files.UdevRulesController",
    inputs: [activeConfigInput, { kind: Service, id: "udevd", strength: "weak" }],
    outputs: [],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const rules = config.machine.udev.rules.filter((rule) => rule !== undefined);
      const text = rules.map((rule) => `${continued(rule)}\n`).join("");
      if (text !== (await contentOf(path))) {
        await mkdir(dirname(path), { recursive: true });
        await durableWrite(path, text, 0o644);
      }
      const isRunning = (await context.get(Service, "udevd"))?.spec.running ?? false;
      if (text === loaded || !isRunning) return;
      await reload(context.signal);
      loaded = text;
      context.log("info", `udev goes by ${rules.length} rules of the configuration`);
    },
  });
};

/** A rule is one line to udev, however the configuration breaks it. */
const continued = (rule: string) => rule.trimEnd().replaceAll("\n", "\\\n");

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return "";
    throw thrown;
  }
}
