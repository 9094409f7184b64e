import { expect, test } from "bun:test";
import { checkPattern } from "./pattern.ts";

test.each(["^eth0", "eth\\d+/.*", "^(kubelet|etcd)$", "[a-z]+-[()*+]", "^[a-z]+/.*:\\d+$", "a\\)*b"])(
  "%s passes",
  (source) => {
    expect(() => checkPattern(source)).not.toThrow();
  },
);

test.each([
  ["(a+)+$", "repeats a group"],
  ["(a|a)*", "repeats a group"],
  ["(a)\\1", "refers back"],
  ["(?=a)b", "looks ahead"],
  ["a*a*a*$", "too many repetitions"],
  ["^a*a*a*a*$", "too many repetitions"],
  ["a?".repeat(30) + "a".repeat(30), "too many repetitions and choices"],
  ["(a|aa)".repeat(30), "too many repetitions and choices"],
  ["a".repeat(300), "longer than 256"],
])("%s is refused", (source, reason) => {
  expect(() => checkPattern(source)).toThrow(reason);
});
