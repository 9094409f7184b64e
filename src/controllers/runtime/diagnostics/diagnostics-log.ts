import { defineController } from "../../../cosi/controller.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";

const again = 5 * 60_000;

/** Says on the console what somebody should look at: at once when it is new or other, and every five minutes. */
export const diagnosticsLogController = ({ againMs = again } = {}) => {
  const said = new Map<string, { readonly text: string; readonly at: number }>();
  return defineController({
    name: "runtime.DiagnosticsLoggerController",
    inputs: [{ kind: Diagnostic, strength: "weak" }],
    outputs: [],
    async reconcile(context) {
      const diagnostics = await context.list(Diagnostic);
      const now = performance.now();
      for (const { metadata, spec } of diagnostics) {
        const text = [spec.message, ...spec.details].join("; ");
        const last = said.get(metadata.id);
        const isKnown = last !== undefined && gist(last.text) === gist(text);
        if (isKnown && now < last.at + againMs) continue;
        context.log("warn", isKnown ? `still: ${text}` : text);
        said.set(metadata.id, { text, at: now });
      }
      const ids = new Set(diagnostics.map(({ metadata }) => metadata.id));
      for (const id of said.keys()) {
        if (ids.has(id)) continue;
        context.log("info", `${id} is mended`);
        said.delete(id);
      }
      if (said.size > 0) context.requeueAfter(againMs);
    },
  });
};

/** The number of a temporary file, or how much is left now, is no news. */
const gist = (text: string): string => text.replaceAll(/\d{5,}|\d+(?= MiB)/g, "0");
