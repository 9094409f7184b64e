import type { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import { argumentsOf, type Flags, type MergePolicies, mergeFlags } from "./arguments.ts";
import { isAtLeast } from "./image-version.ts";
import { configOf, ownFiles, type Places, secretOf } from "./places.ts";
import { podDocument, type RenderedPod } from "./pod-document.ts";
import type { PodVersions } from "./pod-versions.ts";

const id = "kube-apiserver";

/** What of TLS 1.2 is good enough for clients that we do not choose; TLS 1.3 has no others. */
const cipherSuites = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  ...["ECDSA", "RSA"].flatMap((key) => [
    `TLS_ECDHE_${key}_WITH_AES_128_GCM_SHA256`,
    `TLS_ECDHE_${key}_WITH_AES_256_GCM_SHA384`,
    `TLS_ECDHE_${key}_WITH_CHACHA20_POLY1305`,
    `TLS_ECDHE_${key}_WITH_CHACHA20_POLY1305_SHA256`,
  ]),
];

const policies: MergePolicies = {
  "enable-admission-plugins": "additive",
  "feature-gates": "additive",
  "authorization-mode": "additive",
  "tls-cipher-suites": "additive",
  ...Object.fromEntries(
    [
      ...["etcd-servers", "etcd-cafile", "etcd-certfile", "etcd-keyfile", "client-ca-file", "authorization-config"],
      ...["requestheader-client-ca-file", "proxy-client-cert-file", "proxy-client-key-file"],
      ...["encryption-provider-config", "kubelet-client-certificate", "kubelet-client-key"],
      ...["service-account-key-file", "service-account-signing-key-file", "tls-cert-file", "tls-private-key-file"],
    ].map((name) => [name, "denied"] as const),
  ),
};

/** kube-apiserver as a static pod. */
export function apiServerPod(config: APIServerConfig, versions: PodVersions, places: Places): RenderedPod {
  const { flags, denied } = mergeFlags(flagsOf(config, places), config.extraArgs, policies);
  return podDocument({
    id,
    config,
    denied,
    command: ["/usr/local/bin/kube-apiserver", ...argumentsOf(flags)],
    versions,
    volumes: [...ownFiles(places, id), { name: "audit", path: places.auditLog, readOnly: false }],
    // The program's file asks for it, whatever the port: without, it could not be executed.
    capabilities: ["NET_BIND_SERVICE"],
  });
}

function flagsOf(config: APIServerConfig, places: Places): Flags {
  const { advertisedAddress, cloudProvider, controlPlaneEndpoint, image } = config;
  const secret = (file: string) => secretOf(places, id, file);
  return {
    "admission-control-config-file": configOf(places, id, "admission-control-config.yaml"),
    "allow-privileged": "true",
    // Not even the version is told to somebody unknown.
    "anonymous-auth": "false",
    "api-audiences": controlPlaneEndpoint,
    "bind-address": "0.0.0.0",
    "client-ca-file": secret("ca.crt"),
    "enable-admission-plugins": "NodeRestriction",
    "requestheader-client-ca-file": secret("aggregator-ca.crt"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "proxy-client-cert-file": secret("front-proxy-client.crt"),
    "proxy-client-key-file": secret("front-proxy-client.key"),
    "enable-bootstrap-token-auth": "true",
    "tls-min-version": "VersionTLS12",
    "tls-cipher-suites": cipherSuites.join(","),
    "encryption-provider-config": secret("encryptionconfig.yaml"),
    "audit-policy-file": configOf(places, id, "auditpolicy.yaml"),
    "audit-log-path": `${places.auditLog}/kube-apiserver.log`,
    "audit-log-maxage": "30",
    "audit-log-maxbackup": "10",
    "audit-log-maxsize": "100",
    profiling: "false",
    "etcd-cafile": secret("etcd-client-ca.crt"),
    "etcd-certfile": secret("etcd-client.crt"),
    "etcd-keyfile": secret("etcd-client.key"),
    "etcd-servers": config.etcdServers.join(","),
    "kubelet-client-certificate": secret("apiserver-kubelet-client.crt"),
    "kubelet-client-key": secret("apiserver-kubelet-client.key"),
    "secure-port": String(config.localPort),
    "service-account-issuer": controlPlaneEndpoint,
    "service-account-key-file": secret("service-account.pub"),
    "service-account-signing-key-file": secret("service-account.key"),
    "service-cluster-ip-range": config.serviceCIDR.join(","),
    "tls-cert-file": secret("apiserver.crt"),
    "tls-private-key-file": secret("apiserver.key"),
    "kubelet-preferred-address-types": "InternalIP,ExternalIP,Hostname",
    // Watches never end by themselves: without it the server serves nobody for half a minute before it is killed.
    "shutdown-watch-termination-grace-period": "5s",
    ...(advertisedAddress === "" ? {} : { "advertise-address": advertisedAddress }),
    ...(cloudProvider === "" || isAtLeast(image, [1, 33]) ? {} : { "cloud-provider": cloudProvider }),
    ...authorizationOf(config, places),
  };
}

/** By the file, unless the owner's flags speak of authorization: the API server takes only one of both. */
function authorizationOf({ extraArgs }: APIServerConfig, places: Places): Flags {
  const speaksOf = (name: string) => name === "authorization-mode" || name.startsWith("authorization-webhook-");
  return Object.keys(extraArgs).some(speaksOf)
    ? { "authorization-mode": "Node,RBAC" }
    : { "authorization-config": configOf(places, id, "authorization-config.yaml") };
}
