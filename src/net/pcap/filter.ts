import { Failure } from "../../errors/failure.ts";

/** An instruction of a packet filter, as the API has it. */
export interface FilterInstruction {
  readonly op: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

const line = /^\{\s*0x([0-9a-f]{1,4}),\s*(\d{1,3}),\s*(\d{1,3}),\s*0x([0-9a-f]{1,8})\s*\},?$/i;

/**
 * The instructions that `tcpdump -dd` prints: `{ 0x28, 0, 0, 0x0000000c },`, one a line.
 * @throws Failure with the first line that is none
 */
export function parseFilter(text: string): FilterInstruction[] {
  const lines = text.split("\n").map((each) => each.trim());
  return lines.filter((each) => each !== "").map(parseInstruction);
}

function parseInstruction(text: string): FilterInstruction {
  const [op, jt, jf, k] = (line.exec(text) ?? [])
    .slice(1)
    .map((digits, index) => Number.parseInt(digits, index % 3 === 0 ? 16 : 10));
  if (op === undefined || jt === undefined || jf === undefined || k === undefined || jt > 255 || jf > 255) {
    throw new Failure(`Cannot understand the filter: "${text}" is no instruction`, {
      hint: "Let tcpdump make it: --bpf-filter \"$(tcpdump -dd -y EN10MB 'tcp port 80')\"",
    });
  }
  return { op, jt, jf, k };
}
