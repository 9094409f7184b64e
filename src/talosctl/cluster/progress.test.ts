import { expect, test } from "bun:test";
import { Progress } from "./progress.ts";

class Recorder {
  readonly isTTY: boolean;
  readonly columns = 40;
  text = "";
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

const clock = () => {
  let now = 0;
  return () => (now += 1_000);
};

test("plain output has a line for the begin, each new detail, and the end", async () => {
  const output = new Recorder(false);
  await new Progress(output, clock()).step("Downloading", async (report) => {
    report("1 of 2 MiB");
    report("1 of 2 MiB");
    report("2 of 2 MiB");
  });
  expect(output.text.split("\n")).toEqual([
    "  … Downloading",
    "      1.0s  1 of 2 MiB",
    "      2.0s  2 of 2 MiB",
    "  ✓ Downloading (3.0s)",
    "",
  ]);
});

test("a terminal keeps one line, no wider than it is", async () => {
  const output = new Recorder(true);
  await new Progress(output, clock()).step("Waiting", async (report) => report("x".repeat(100)));
  const drawn = output.text.split("\r\x1b[2K").slice(1);
  expect(drawn.at(-1)).toBe(`  ✓ Waiting (${drawn.length}.0s)\n`);
  for (const line of drawn) expect(line.trimEnd().length).toBeLessThan(40);
});

test("a failed step is marked, and the failure goes on", async () => {
  const output = new Recorder(false);
  const step = new Progress(output, clock()).step("Booting", () => Promise.reject(new Error("no kernel")));
  await expect(step).rejects.toThrow("no kernel");
  expect(output.text).toContain("✗ Booting");
});
