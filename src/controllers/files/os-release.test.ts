import { expect, test } from "bun:test";
import { runtimeWith } from "../../cosi/testing.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { TAG } from "../../version.ts";
import { osReleaseController } from "./os-release.ts";

test("os-release names the system as a shell would read it", async () => {
  await using runtime = await runtimeWith(osReleaseController());
  const { spec } = await runtime.eventually(EtcFileSpec, "os-release");
  const text = new TextDecoder().decode(spec.contents);
  const variables = new Map(
    text
      .trim()
      .split("\n")
      .map((line) => line.split("=") as [string, string]),
  );
  expect(variables.get("ID")).toBe("talos");
  expect(variables.get("PRETTY_NAME")).toBe(`"Talos (${TAG})"`);
});
