import { fieldOf } from "./field.ts";
import { mapped } from "./mapped.ts";
import { messageOf } from "./message.ts";
import { string } from "./scalar.ts";

/** A URL as text; on the wire common.URL. */
export const url = fieldOf(
  mapped(messageOf({ fullPath: string(1) }), {
    name: "URL",
    zero: "",
    toMessage: (text) => ({ fullPath: text }),
    fromMessage: ({ fullPath }) => fullPath,
  }),
);
