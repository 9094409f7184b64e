import { expect, test } from "bun:test";
import { Latest } from "./latest.ts";

test("a listener is told the newest value once, and none that stayed as it was", async () => {
  const controller = new AbortController();
  const name = new Latest("a");
  name.set("a");
  name.set("b");
  name.set("c");
  const seen: string[] = [];
  for await (const value of name.changes(controller.signal)) {
    seen.push(value);
    if (value === "c") name.set("d");
    else controller.abort();
  }
  expect(seen).toEqual(["c", "d"]);
  expect(name.value).toBe("d");
});
