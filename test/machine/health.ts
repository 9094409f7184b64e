import { eventually } from "../support/eventually.ts";
import type { TestMachine } from "./machine.ts";

/** What a first look is given, and the most that any is: on a busy host it takes longer to come to what is wrong. */
const [leastSeconds, mostSeconds] = [3, 48];

/**
 * Until `talosctl health` fails with these words.
 * @param nodes flags that say whom it is about
 */
export async function untilHealthSays(
  { talosctl }: Pick<TestMachine, "talosctl">,
  words: string | RegExp,
  ...nodes: readonly string[]
): Promise<void> {
  let seconds = leastSeconds;
  await eventually(
    async () => {
      const { code, stderr, stdout } = await talosctl("health", ...nodes, "--wait-timeout", `${seconds}s`);
      seconds = Math.min(seconds * 2, mostSeconds);
      return `${code}: ${stdout}${stderr}`;
    },
    (said) => !said.startsWith("0:") && (typeof words === "string" ? said.includes(words) : words.test(said)),
    { timeoutMs: 240_000 },
  );
}
