import { expect, test } from "bun:test";
import { readlinkSync } from "node:fs";
import { close, OpenFlag, open, pipe, write } from "../file-descriptor.ts";
import { readPipe } from "./output.ts";

test("the bytes come until the last writer is gone, and the descriptor is closed", async () => {
  const { readable, writable } = pipe();
  const text = new Response(readPipe(readable)).text();
  write(writable, Buffer.from("one two"));
  close(writable);
  expect(await text).toBe("one two");
  expect(() => readlinkSync(`/proc/self/fd/${readable}`)).toThrow("ENOENT");
});

test("cancelling during a read closes the descriptor once: who gets its number next keeps it", async () => {
  const { readable, writable } = pipe();
  const reader = readPipe(readable).getReader();
  const pending = reader.read();
  await reader.cancel();
  const opened = Array.from({ length: 16 }, () => open("/dev/null", OpenFlag.readOnly));
  expect(opened).toContain(readable);
  expect((await pending).done).toBe(true);
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(readlinkSync(`/proc/self/fd/${readable}`)).toBe("/dev/null");
  for (const file of opened) close(file);
  close(writable);
});
