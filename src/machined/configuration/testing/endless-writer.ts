import { SavedConfig } from "../saved-config.ts";
import { texts } from "./torn-texts.ts";

/** Saves one config after the other until somebody kills it; says so once the first is saved. */
const saved = new SavedConfig(process.argv[2] ?? "");
await saved.write(texts[0]);
process.stdout.write("writing\n");
for (let turn = 1; ; turn += 1) await saved.write(texts[turn % 2] ?? "");
