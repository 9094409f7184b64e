import { boolean } from "../../flag.ts";

/** Flags of every verb of gen. */
export const genFlags = { force: boolean({ doc: "Replace files that exist", short: "f" }) } as const;
