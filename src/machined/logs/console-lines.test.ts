import { expect, test } from "bun:test";
import { ConsoleLines } from "./console-lines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function console() {
  const shown: string[] = [];
  let nowMs = 0;
  const lines = new ConsoleLines(
    (_, text) => void shown.push(text),
    () => nowMs,
  );
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { shown, lines, wait };
}

test("services' lines are shown whole, and only while they are wanted", () => {
  const { shown, lines } = console();
  lines.write("etcd", bytes("unseen\n"));
  lines.enabled = true;
  lines.write("etcd", bytes("one\n\ntw"));
  lines.write("kubelet", bytes("other\n"));
  lines.write("etcd", bytes("o\n"));
  lines.write("machined", bytes("there already\n"));
  lines.enabled = false;
  lines.write("etcd", bytes("unseen\n"));
  expect(shown).toEqual(["etcd: one", "kubelet: other", "etcd: two"]);
});

test("what comes faster than a console can take is counted instead", () => {
  const { shown, lines, wait } = console();
  lines.enabled = true;
  lines.write("etcd", bytes("x\n".repeat(1_000)));
  expect(shown).toHaveLength(200);
  wait(1_000);
  lines.write("etcd", bytes(`${"y".repeat(5_000)}\n`));
  expect(shown.at(-2)).toBe("800 lines of services are left out here");
  expect(shown.at(-1)).toHaveLength(1_000 + "etcd: ".length);
});
