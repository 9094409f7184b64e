import { expect, test } from "bun:test";
import fc from "fast-check";
import { renderContainerdConfig } from "./containerd-config.ts";

const config = {
  address: "/run/containerd/containerd.sock",
  root: "/var/lib/containerd",
  state: "/run/containerd",
  sandboxImage: "registry.k8s.io/pause:3.10.1",
  hostsDirectory: "/etc/cri/conf.d/hosts",
  auths: {},
};

test("the CRI plugin finds its pause image, its registries, and cgroups without systemd", () => {
  const text = renderContainerdConfig(config);
  expect(Bun.TOML.parse(text)).toMatchObject({
    version: 2,
    grpc: { address: "/run/containerd/containerd.sock" },
    plugins: {
      "io.containerd.grpc.v1.cri": {
        sandbox_image: "registry.k8s.io/pause:3.10.1",
        image_pull_with_sync_fs: true,
        registry: { config_path: "/etc/cri/conf.d/hosts" },
        containerd: { runtimes: { runc: { options: { SystemdCgroup: false } } } },
      },
    },
  });
  expect(text).not.toContain("configs");
});

test("credentials are filed under their host", () => {
  const text = renderContainerdConfig({ ...config, auths: { "reg.test:5000": { username: "me", password: 'p"w' } } });
  expect(text).toContain('[plugins."io.containerd.grpc.v1.cri".registry.configs."reg.test:5000".auth]');
  expect(text).toContain('password = "p\\"w"');
});

test("a customization is laid over it, in the words of either containerd", () => {
  const customizations = [
    '[plugins."io.containerd.grpc.v1.cri"]\nenable_unprivileged_ports = true\n',
    `version = 3
[metrics]
address = "0.0.0.0:11234"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.kata]
runtime_type = "io.containerd.kata.v2"
[plugins."io.containerd.cri.v1.images"]
discard_unpacked_layers = false
image_pull_progress_timeout = "5m"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "pause:mine"
`,
  ];
  const cri = "io.containerd.grpc.v1.cri";
  expect(Bun.TOML.parse(renderContainerdConfig({ ...config, baseSpec: "/base.json", customizations }))).toMatchObject({
    version: 2,
    metrics: { address: "0.0.0.0:11234" },
    plugins: {
      [cri]: {
        enable_unprivileged_ports: true,
        sandbox_image: "pause:mine",
        image_pull_progress_timeout: "5m",
        containerd: {
          discard_unpacked_layers: false,
          default_runtime_name: "runc",
          runtimes: {
            runc: { base_runtime_spec: "/base.json" },
            kata: { runtime_type: "io.containerd.kata.v2" },
          },
        },
      },
    },
  });
  expect(() => renderContainerdConfig({ ...config, customizations: ["= nonsense"] })).toThrow("it is not TOML");
});

test("any customization leaves a configuration that can be read, or is refused", () => {
  const word = fc.constantFrom(
    "version",
    "plugins",
    "grpc",
    "address",
    "x",
    "=",
    ".",
    "[",
    "]",
    '"',
    "1",
    "{",
    "}",
    "\n",
    " ",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 30 }).map((words) => words.join("")),
  );
  fc.assert(
    fc.property(text, (customization) => {
      try {
        Bun.TOML.parse(renderContainerdConfig({ ...config, customizations: [customization] }));
      } catch (thrown) {
        expect((thrown as Error).message).toStartWith("Cannot read the customization of containerd");
      }
    }),
  );
});
