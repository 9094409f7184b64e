import { expect, test } from "bun:test";
import { hostsFiles } from "./hosts-toml.ts";
import { noRegistries, type Registries } from "./mirrors.ts";

const parsed = (registries: Registries) =>
  hostsFiles(registries, "/conf").map(({ path, content }) => [
    path,
    path.endsWith(".toml") ? Bun.TOML.parse(content) : content,
  ]);
const mirror = { endpoint: "http://10.0.2.2:5000", overridePath: false };
const asked = { capabilities: ["pull", "resolve"], override_path: true };

test("a mirror is asked first and the registry after it", () => {
  expect(parsed({ ...noRegistries, mirrors: { "ghcr.io": { endpoints: [mirror] } } })).toEqual([
    ["ghcr.io/hosts.toml", { server: "https://ghcr.io", host: { "http://10.0.2.2:5000/v2": asked } }],
  ]);
});

test("the star leaves the registry to containerd", () => {
  expect(parsed({ ...noRegistries, mirrors: { "*": { endpoints: [mirror] } } })).toEqual([
    ["_default/hosts.toml", { host: { "http://10.0.2.2:5000/v2": asked } }],
  ]);
});

test("skipFallback never names the registry itself", () => {
  const [file] = hostsFiles(
    { ...noRegistries, mirrors: { "ghcr.io": { endpoints: [mirror], skipFallback: true } } },
    "/",
  );
  expect(file?.content).toContain('server = "http://10.0.2.2:5000/v2"');
  expect(file?.content).not.toContain("https://ghcr.io");
});

test("a private registry gets its authorities and our certificate as files", () => {
  const tls = { "reg.test:5000": { ca: "CA", clientCertificate: "CRT", clientKey: "KEY", insecureSkipVerify: true } };
  expect(parsed({ ...noRegistries, tls })).toEqual([
    [
      "reg.test_5000_/hosts.toml",
      {
        server: "https://reg.test:5000",
        host: {
          "https://reg.test:5000/v2": {
            ...asked,
            ca: "/conf/reg.test_5000_/ca.crt",
            client: [["/conf/reg.test_5000_/client.crt", "/conf/reg.test_5000_/client.key"]],
            skip_verify: true,
          },
        },
      },
    ],
    ["reg.test_5000_/ca.crt", "CA"],
    ["reg.test_5000_/client.crt", "CRT"],
    ["reg.test_5000_/client.key", "KEY"],
  ]);
});
