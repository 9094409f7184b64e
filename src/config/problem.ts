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
  `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`;

/** A config that cannot be used, with every reason found, not only the first. */
export class ConfigFailure extends Failure {
  override readonly name = "ConfigFailure";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], file: string) {
    super(problems.map((problem) => problemText(problem, file)).join("\n"));
    this.problems = problems;
  }
}
