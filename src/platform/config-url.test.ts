import { expect, test } from "bun:test";
import fc from "fast-check";
import { fillUrl } from "./config-url.ts";

const values = { uuid: "0a1b-2c", serial: "A 1/2", mac: "52:54:00:12:34:56", hostname: "node-1" };

test("what the URL asks for is filled in, escaped", () => {
  const url = `http://h/\${uuid}/c?m=\${mac}&h=\${HostName}&s=\${serial}`;
  expect(fillUrl(url, values)).toBe("http://h/0a1b-2c/c?m=52%3A54%3A00%3A12%3A34%3A56&h=node-1&s=A%201%2F2");
});

test("a URL may come escaped already", () => {
  expect(fillUrl("http://h/c?m=%24%7Bmac%7D", values)).toBe("http://h/c?m=52%3A54%3A00%3A12%3A34%3A56");
});

test("an empty uuid argument asks for it too, one with a value does not", () => {
  expect(fillUrl("http://h/c?uuid=", values)).toBe("http://h/c?uuid=0a1b-2c");
  expect(fillUrl("http://h/c?a=1&uuid&b=2", values)).toBe("http://h/c?a=1&uuid=0a1b-2c&b=2");
  expect(fillUrl("http://h/c?uuid=7", values)).toBe("http://h/c?uuid=7");
  expect(fillUrl("http://h/c?uuids=", values)).toBe("http://h/c?uuids=");
});

test("what there is not is told by name, with what there is", () => {
  expect(() => fillUrl("http://h/c?a=$%7Bnmae%7D", values)).toThrow("of talos.config=: there is no such variable");
  expect(() => fillUrl("http://h/c?a=$%7Bcode%7D", values)).toThrow("this machine has no download code");
});

test("a URL without questions stays as it is", () =>
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
      fc.pre(!/uuid|\$|%24/i.test(url));
      expect(fillUrl(url, {})).toBe(url);
    }),
  ));
