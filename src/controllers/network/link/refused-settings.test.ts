import { expect, test } from "bun:test";
import { RefusedSettings } from "./refused-settings.ts";

const bond = { name: "bond0", index: 7 };

test("what the kernel refuses is tried once for a link and a wish, and told each time", () => {
  const refused = new RefusedSettings();
  let tries = 0;
  const refuse = () => {
    tries += 1;
    throw new Error("no");
  };
  const attempt = (link: typeof bond, settings: Record<string, unknown>) => () =>
    refused.unless(link, settings, refuse);
  for (let again = 0; again < 3; again += 1) expect(attempt(bond, { mode: 4 })).toThrow("no");
  expect(tries).toBe(1);
  expect(attempt(bond, { mode: 1 })).toThrow("no");
  expect(attempt({ ...bond, index: 8 }, { mode: 1 })).toThrow("no");
  expect(tries).toBe(3);
  // Nothing is missing any more: the same wish is a new one when it comes back.
  expect(attempt({ ...bond, index: 8 }, {})).not.toThrow();
  expect(attempt({ ...bond, index: 8 }, { mode: 1 })).toThrow("no");
  expect(tries).toBe(4);
});

test("what it has otherwise after it took it is not written again", () => {
  const refused = new RefusedSettings();
  let writes = 0;
  const round = () => {
    writes += 1;
    return { updelay: 250 };
  };
  const problem = 'Cannot change the link "bond0": the kernel has another value for updelay';
  expect(() => refused.unless(bond, { updelay: 250, mode: 1 }, round)).toThrow(problem);
  expect(() => refused.unless(bond, { updelay: 250 }, round)).toThrow(problem);
  expect(writes).toBe(1);
});
