import { expect, test } from "bun:test";
import { readlinkSync } from "node:fs";
import { close, pipe, write } from "../file-descriptor.ts";
import { readPipe } from "./output.ts";

test("the bytes come until the last writer is gone, and the descriptor is closed", async () => {
  const { readable, writable } = pipe();
  const text = new Response(readPipe(readable)).text();
  write(writable, Buffer.from("one two"));
  close(writable);
  expect(await text).toBe("one two");
  expect(() => readlinkSync(`/proc/self/fd/${readable}`)).toThrow("ENOENT");
});

test("cancelling ends a read that waits, and closes the descriptor", async () => {
  const { readable, writable } = pipe();
  const reader = readPipe(readable).getReader();
  const pending = reader.read();
  await reader.cancel();
  expect((await pending).done).toBe(true);
  expect(() => readlinkSync(`/proc/self/fd/${readable}`)).toThrow("ENOENT");
  close(writable);
});
