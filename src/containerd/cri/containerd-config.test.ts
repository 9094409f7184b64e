import { expect, test } from "bun:test";
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
