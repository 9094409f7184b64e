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

test("plain output has a line for the begin, new details now and then, and the end", async () => {
  const output = new Recorder(false);
  await new Progress(output, clock()).step("Downloading", async (report) => {
    for (let percent = 0; percent < 10; percent += 1) report(`${percent} %`);
  });
  const lines = output.text.trimEnd().split("\n");
  expect(lines[0]).toBe("  … Downloading");
  expect(lines[1]).toMatch(/^ +\d\.0s {2}0 %$/);
  expect(lines.at(-1)).toMatch(/^ {2}✓ Downloading \(\d+\.0s\)$/);
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.length).toBeLessThan(8);
});

test("a terminal keeps one line, no wider than it is", async () => {
  const output = new Recorder(true);
  await new Progress(output, clock()).step("Waiting", async (report) => report("x".repeat(100)));
  const drawn = output.text.split("\r\x1b[2K").slice(1);
  expect(drawn.at(-1)).toMatch(/^ {2}✓ Waiting \(\d+\.0s\)\n$/);
  for (const line of drawn) expect(line.trimEnd().length).toBeLessThan(40);
});

test("a failed step is marked, and the failure goes on", async () => {
  const output = new Recorder(false);
  const step = new Progress(output, clock()).step("Booting", () => Promise.reject(new Error("no kernel")));
  await expect(step).rejects.toThrow("no kernel");
  expect(output.text).toContain("✗ Booting");
});
