import { expect, test } from "bun:test";
import { join } from "node:path";

const lines = 40_000;
const printing = `
  const { processTerminal } = await import(${JSON.stringify(join(import.meta.dir, "terminal.ts"))});
  const { print, warn } = processTerminal();
  try {
    await print("first\\n");
    for (let line = 0; line < ${lines}; line += 1000) await print(Array.from({ length: 1000 }, (_, at) => line + at + "\\n").join(""));
    warn("all is printed");
  } catch (error) {
    warn(String(error.code));
    process.exit(3);
  }
  process.exit(0);
`;

/** Runs the program in a shell's pipeline. */
async function pipeline(script: string) {
  const argv = ["sh", "-c", script, process.execPath, printing];
  const child = Bun.spawn(argv, { stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { stdout, stderr };
}

test("what is printed is whole and in order, also for a reader who takes a while", async () => {
  const expected = `first\n${Array.from({ length: lines }, (_, at) => `${at}\n`).join("")}`;
  const { stdout, stderr } = await pipeline('"$0" -e "$1" | (head -c 1; cat)');
  expect(stdout === expected).toBeTrue();
  expect(stderr).toBe("all is printed\n");
});

test("a reader who leaves early is no error", async () => {
  const { stdout, stderr } = await pipeline('("$0" -e "$1"; echo "ended with $?" >&2) | head -n 1');
  expect(stdout).toBe("first\n");
  expect(stderr).toBe("ended with 0\n");
});

test("a full disk is an error", async () => {
  const { stderr } = await pipeline('"$0" -e "$1" > /dev/full; echo "ended with $?" >&2');
  expect(stderr).toBe("ENOSPC\nended with 3\n");
});
