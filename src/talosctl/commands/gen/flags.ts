import { boolean, text } from "../../flag.ts";

/** Flags of every verb of gen. */
export const genFlags = { force: boolean({ doc: "Replace files that exist", short: "f" }) } as const;

export const talosVersion = text({
  doc: "Version that the machines run, such as v1.9, if it is an older one",
  placeholder: "version",
});
