import { close } from "../file-descriptor.ts";

/** The bytes of a pipe's readable end until every writer is gone; closes the descriptor at its end or when cancelled. */
export function readPipe(fd: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = Bun.file(fd).stream().getReader();
  let isOpen = true;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      // Cancelling ends a pending read as well. A second close would hit whatever has the number by then: the pidfd
      // that the spawner's thread has just opened, say, and the end of its process would never be noticed.
      if (!isOpen) return;
      if (!done) return controller.enqueue(value);
      isOpen = false;
      close(fd);
      controller.close();
    },
    async cancel() {
      isOpen = false;
      await reader.cancel();
      close(fd);
    },
  });
}
