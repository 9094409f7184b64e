import { ConfigFailure } from "../../config/problem.ts";
import { readYaml } from "../../config/yaml.ts";
import { Failure } from "../../errors/failure.ts";

/** @throws Failure with file, line and column when a config is not YAML, or there is nothing in it. */
export function checkSyntax(text: string, file: string): void {
  const { documents, problems } = readYaml(text);
  if (problems.length > 0) {
    throw new ConfigFailure(
      problems.map((problem) => ({ ...problem, severity: "error", path: "" })),
      file,
    );
  }
  if (documents.length === 0) throw new Failure(`Cannot use "${file}" as a config: it is empty`);
}
