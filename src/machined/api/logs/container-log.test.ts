import { expect, test } from "bun:test";
import { appendFile, mkdtempDisposable, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { containerLog } from "./container-log.ts";

const directory = () => mkdtempDisposable(join(tmpdir(), "container-log-"));
const never = new AbortController().signal;

async function read(path: string, tailLines?: number): Promise<string> {
  const options = { signal: never, ...(tailLines !== undefined && { tailLines }) };
  return Buffer.concat(await Array.fromAsync(containerLog(path, options))).toString();
}

/** What a follower has seen, as it comes. */
function follower(path: string, tailLines?: number) {
  const stopping = new AbortController();
  const log = containerLog(path, {
    follow: true,
    signal: stopping.signal,
    ...(tailLines !== undefined && { tailLines }),
  });
  let seen = "";
  return {
    stop: () => stopping.abort(),
    async until(text: string): Promise<string> {
      while (!seen.includes(text)) {
        const { value, done } = await log.next();
        if (done) break;
        seen += Buffer.from(value).toString();
      }
      return seen;
    },
    ended: async () => (await log.next()).done,
  };
}

test("the last lines are the last lines, however long they are", async () => {
  await using at = await directory();
  const path = join(at.path, "0.log");
  const line = fc.string({ maxLength: 40_000 }).map((text) => text.replaceAll("\n", " "));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.nat(14), fc.boolean(), async (lines, tail, isEnded) => {
      const text = lines.join("\n") + (isEnded && lines.length > 0 ? "\n" : "");
      await writeFile(path, text);
      const whole = text === "" ? [] : text.replace(/\n$/, "").split("\n");
      const expected = tail === 0 ? "" : whole.slice(-tail).join("\n") + (text.endsWith("\n") ? "\n" : "");
      expect(await read(path, tail)).toBe(expected);
      expect(await read(path)).toBe(text);
    }),
    { numRuns: 60 },
  );
});

test("a log is followed over its rotation, and no line of the old file is lost", async () => {
  await using at = await directory();
  const path = join(at.path, "0.log");
  await writeFile(path, "one\ntwo\n");
  const log = follower(path, 1);
  expect(await log.until("two\n")).toBe("two\n");
  await appendFile(path, "three\n");
  await log.until("three\n");
  await appendFile(path, "four\n");
  await rename(path, `${path}.20260102-030405`);
  await writeFile(path, "five\n");
  expect(await log.until("five\n")).toBe("two\nthree\nfour\nfive\n");
  await appendFile(path, "six\n");
  expect(await log.until("six\n")).toEndWith("five\nsix\n");
  log.stop();
  expect(await log.ended()).toBe(true);
});

test("a log that is not there is named", async () => {
  await using at = await directory();
  const failure = await read(join(at.path, "0.log")).catch((thrown) => thrown);
  expect(failure.message).toBe(`Cannot read the log "${join(at.path, "0.log")}"`);
});
