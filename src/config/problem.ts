import { Failure } from "../errors/failure.ts";
import type { Position } from "./yaml.ts";

/** One thing that is wrong with a config, with its place. */
export interface Problem extends Position {
  readonly severity: "error" | "warning";
  /** The field, as in `machine.network.interfaces[0].addresses[0]`; empty for the whole document. */
  readonly path: string;
  /** What is wrong, one sentence without a full stop. */
  readonly message: string;
}

/** `controlplane.yaml:41:7: machine.type: Cannot …` */
export const problemText = ({ line, column, path, message }: Problem, file: string): string =>
  `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${shortened(message)}`;

/** What a message quotes can be of any length. */
const shortened = (message: string): string =>
  message.length <= longest ? message : `${message.slice(0, longest - 1)}…`;

/** A file that is wrong all over is read from its first lines. */
const shown = 30;
const longest = 500;

/** A config that cannot be used, with every reason found, not only the first. */
export class ConfigFailure extends Failure {
  override readonly name = "ConfigFailure";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], file: string) {
    const lines = problems.slice(0, shown).map((problem) => problemText(problem, file));
    const rest = problems.length - lines.length;
    super([...lines, ...(rest > 0 ? [`${file}: and ${rest} more like these`] : [])].join("\n"));
    this.problems = problems;
  }
}
