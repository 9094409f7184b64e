import { expect, test } from "bun:test";
import { exactTypes } from "./exact-types.ts";

const generated = `
    class Reply {
        constructor(properties?: a.Reply.$Properties);
        metadata?: (a.Metadata.$Properties|null);
        messages: a.Item.$Properties[];
        static encode(message: a.Reply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: Uint8Array, length?: number): a.Reply & a.Reply.$Shape;
    }

    namespace Reply {
        interface $Properties {
            messages?: (a.Item.$Properties[]|null);
        }
    }
`;

test("decoded messages are exact, what may be encoded stays loose", () => {
  expect(exactTypes(generated)).toBe(`
    class Reply {
        constructor(properties?: a.Reply.$Properties);
        metadata?: (a.Metadata|null);
        messages: a.Item[];
        static encode(message: a.Reply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
        static decode(reader: Uint8Array, length?: number): a.Reply;
    }

    namespace Reply {
        interface $Properties {
            messages?: (a.Item.$Properties[]|null);
        }
    }
`);
});
