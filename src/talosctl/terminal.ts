import { createInterface } from "node:readline/promises";
import { codeOf } from "../errors/message.ts";
import type { Terminal } from "./run.ts";

/** The process's own standard streams. */
export function processTerminal(): Terminal {
  // `talosctl logs … | head` ends the pipe early; that is no error.
  process.stdout.on("error", (error) => {
    if (codeOf(error) === "EPIPE") process.exit(0);
  });
  return {
    print: (text) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      process.stdout.write(text, () => resolve());
      return promise;
    },
    warn: (line) => {
      process.stderr.write(`${line}\n`);
    },
    async ask(question) {
      if (!process.stdin.isTTY) return undefined;
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
}
