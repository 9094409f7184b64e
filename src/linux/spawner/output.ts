import { close } from "../file-descriptor.ts";

/** The bytes of a pipe's readable end until every writer is gone; closes the descriptor at its end or when cancelled. */
export function readPipe(fd: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = Bun.file(fd).stream().getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      close(fd);
      controller.close();
    },
    async cancel() {
      await reader.cancel();
      close(fd);
    },
  });
}
