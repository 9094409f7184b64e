import { expect, test } from "bun:test";
import { parseKernelArguments } from "./kernel-arguments.ts";
import { platformOf } from "./platform.ts";

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
