import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { close, OpenFlag, pipe, read } from "./file-descriptor.ts";
import { untilReadable } from "./readiness.ts";
import { accept, connectUnix, listenUnix, sendWithDescriptors } from "./unix-socket.ts";

/** Both ends of a connection through a socket file. */
async function inConnection(work: (near: number, far: number) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "unix-socket-"));
  const listener = listenUnix(join(directory, "socket"));
  expect(accept(listener)).toBeUndefined();
  const near = connectUnix(join(directory, "socket"));
  await untilReadable(listener);
  const far = accept(listener) ?? -1;
  try {
    await work(near, far);
  } finally {
    for (const fd of [listener, near, far]) close(fd);
    rmSync(directory, { recursive: true });
  }
}

test("a descriptor that was sent is open until its receiver is rid of it", () =>
  inConnection(async (near, far) => {
    const { readable, writable } = pipe(OpenFlag.nonBlocking);
    expect(sendWithDescriptors(near, Buffer.from("here"), [writable])).toBe(4);
    close(writable);
    const buffer = new Uint8Array(8);
    // Nothing yet, not the end: somebody could still write.
    expect(read(readable, buffer)).toBeUndefined();
    await untilReadable(far);
    // read(2) has no place for descriptors, and closes them.
    expect(read(far, buffer)).toBe(4);
    expect(Buffer.from(buffer.subarray(0, 4)).toString()).toBe("here");
    await untilReadable(readable);
    expect(read(readable, buffer)).toBe(0);
    close(readable);
  }));

test("a peer that does not read, and one that has gone, are told apart", () =>
  inConnection(async (near, far) => {
    const chunk = new Uint8Array(65_536);
    while (sendWithDescriptors(near, chunk) !== undefined);
    close(far);
    expect(() => sendWithDescriptors(near, chunk)).toThrow("EPIPE");
  }));

test("a path that no socket can have is refused", () => {
  expect(() => listenUnix(`/tmp/${"x".repeat(200)}`)).toThrow("its path is too long");
  expect(() => connectUnix("/no/such/socket")).toThrow('Cannot connect to "/no/such/socket"');
});
