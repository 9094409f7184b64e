import { expect, test } from "bun:test";
import { parseKernelArguments } from "./kernel-arguments.ts";
import { platformOf, platformOrMetal } from "./platform.ts";

const platform = (text: string, environment = {}) => platformOf(parseKernelArguments(text), environment);

test("metal is what a machine is when nobody says otherwise", () => {
  expect(platform("quiet")).toEqual({ name: "metal", mode: "metal", configUrl: undefined, inlineConfig: undefined });
});

test("the config's URL comes from the command line, and none means none", () => {
  expect(platform("talos.config=http://10.0.2.2:8080/config.yaml").configUrl).toBe("http://10.0.2.2:8080/config.yaml");
  expect(platform("talos.config=none").configUrl).toBeUndefined();
});

test("an inline config may come in parts", () => {
  expect(platform("talos.config.inline=abc talos.config.inline=def").inlineConfig).toBe("abcdef");
});

test("a container is told by its environment, whatever the host's kernel was told", () => {
  expect(platform("talos.platform=metal", { PLATFORM: "container", USERDATA: "YQ==" })).toMatchObject({
    mode: "container",
    inlineConfig: "YQ==",
  });
});

test("an unknown platform is named, with what there is", () => {
  expect(() => platform("talos.platform=toaster")).toThrow("talos.platform=toaster: no such platform");
});

test("a machine starts on a platform that nobody knows, and says what was wrong", () => {
  const problems: string[] = [];
  const args = parseKernelArguments("talos.platform=matel talos.config=http://10.0.2.2/config.yaml");
  expect(platformOrMetal(args, {}, (problem) => problems.push(problem))).toMatchObject({
    name: "metal",
    mode: "metal",
    configUrl: "http://10.0.2.2/config.yaml",
  });
  expect(problems.join()).toMatch(/talos\.platform=matel: no such platform; use metal, .* goes on as metal$/);
});
