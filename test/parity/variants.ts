/** Flags of `gen config`, one way or another; every list is one axis, and the first entry changes nothing. */
const axes: readonly (readonly (readonly string[])[])[] = [
  [[], ...["v1.11", "v1.9", "v1.7", "v1.6", "v1.4", "v1.2", "v1.0"].map((version) => ["--talos-version", version])],
  [[], ["--with-docs=false"], ["--with-examples=false"], ["--with-docs=false", "--with-examples=false"]],
  [[], ["--with-kubespan"], ["--with-cluster-discovery=false"]],
  [[], ["--additional-sans", "api.example.org,10.9.9.9,fd00::9"], ["--dns-domain", "k8s.example"]],
  [[], ["--install-disk", "/dev/vda"], ["--install-image", "registry.example/installer:v1"], ["--persist=false"]],
  [[], ["--registry-mirror", "docker.io=http://10.0.0.9:5000"], ["--kubernetes-version", "1.34.1"]],
  [
    [],
    ["--config-patch", "machine: {sysctls: {vm.swappiness: '10', kernel.panic: '5'}}"],
    ["--config-patch", "machine: {network: {interfaces: [{interface: eth0, dhcp: true, mtu: 1400}]}}"],
    // The public client patches single documents only, which later versions' configs are not.
    [
      "--talos-version",
      "v1.9",
      "--config-patch",
      '[{"op": "add", "path": "/machine/env", "value": {"HTTPS_PROXY": "http://p:3128"}}]',
    ],
    [
      "--config-patch-control-plane",
      "cluster: {allowSchedulingOnControlPlanes: true, apiServer: {extraArgs: {v: '2'}}}",
    ],
    ["--config-patch-worker", "machine: {nodeLabels: {rack: 'a1'}, kubelet: {extraArgs: {v: '4'}}}"],
    ["--config-patch", "apiVersion: v1alpha1\nkind: WatchdogTimerConfig\ndevice: /dev/watchdog0\ntimeout: 2m0s\n"],
    ["--config-patch", "cluster: {network: {podSubnets: [10.32.0.0/12, 'fd00:32::/64']}}"],
  ],
];

/**
 * So many different sets of flags, the same at every run: strides that share no factor with the axes' lengths visit
 * all their entries, in changing company.
 */
export function variants(count: number): string[][] {
  return Array.from({ length: count }, (_, index) =>
    axes.flatMap((axis, at) => axis[Math.floor(index * (1 + at / axes.length)) % axis.length] ?? []),
  );
}
