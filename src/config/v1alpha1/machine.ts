import { anything, boolean, list, map, oneOf, section, string } from "../describe.ts";
import { hostnameOrAddress, url } from "../formats.ts";
import { acceptedCertificate, certificateAndKey } from "./certificate.ts";
import { systemDiskEncryption } from "./disk-encryption.ts";
import { features } from "./features.ts";
import { disks, files } from "./files.ts";
import { install } from "./install.ts";
import { kubelet } from "./kubelet.ts";
import { network } from "./network.ts";
import { registries } from "./registries.ts";
import { time } from "./time.ts";

const switchedOff = (doc: string) =>
  section({
    doc,
    fields: { disabled: boolean({ doc: "Leave it to the other control plane machines.", default: false }) },
  });
const text = string({ doc: "Value.", default: "" });

const logDestination = section({
  doc: "Where logs are sent.",
  fields: {
    endpoint: string({
      doc: "Where they go: a tcp:// or udp:// URL with a port.",
      check: url("tcp", "udp"),
      example: "tcp://192.0.2.4:12345",
    }),
    format: oneOf(["json_lines"], { doc: "How a message is written: one line of JSON each." }),
    extraTags: map(text, { doc: "Fields added to every line.", since: "1.7", example: { machine: "db-1" } }),
  },
});

const kernelModule = section({
  doc: "A kernel module.",
  fields: {
    name: string({ doc: "Name of the module, as modprobe takes it." }),
    parameters: list(string({ doc: "Parameter." }), { doc: "Parameters, name=value.", since: "1.3" }),
  },
});

const seccompProfile = section({
  doc: "A seccomp profile for containers.",
  fields: {
    name: string({ doc: "Name of its file, by which pods ask for it." }),
    value: anything({ doc: "The profile, in the form of the container runtimes." }),
  },
});

/** `machine`: what concerns this machine alone, in the order files are written. */
export const machine = section({
  doc: "What concerns this machine.",
  effect: "live",
  fields: {
    type: oneOf(["controlplane", "worker", "init", "join"], {
      doc: "Part the machine plays: controlplane or worker.",
      default: "worker",
      effect: "reboot",
    }),
    token: string({
      doc: "Secret that joining machines show to get their certificates: two parts around a dot.",
      sensitive: true,
      effect: "reboot",
    }),
    ca: certificateAndKey({ doc: "Authority of the machine API. Workers hold the certificate without the key." }),
    acceptedCAs: list(acceptedCertificate, {
      doc: "Authorities that are trusted besides, while one replaces another.",
      since: "1.7",
    }),
    certSANs: list(string({ doc: "Name or address.", check: hostnameOrAddress }), {
      doc: "Names and addresses added to the machine's certificate.",
      example: ["10.0.0.10", "node.example.org"],
    }),
    controlPlane: section({
      doc: "Parts of the control plane on this machine.",
      fields: {
        controllerManager: switchedOff("The Kubernetes controller manager on this machine."),
        scheduler: switchedOff("The Kubernetes scheduler on this machine."),
      },
    }),
    kubelet,
    pods: list(anything({ doc: "A pod." }), {
      doc: "Static pods, run without asking the Kubernetes API.",
      example: [
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "nginx" },
          spec: { containers: [{ name: "nginx", image: "nginx" }] },
        },
      ],
    }),
    network,
    disks,
    install,
    files,
    env: map(text, {
      doc: "Environment of the machine's services, such as proxies.",
      effect: "reboot",
      example: { https_proxy: "http://proxy.example.org:3128/" },
    }),
    time,
    sysctls: map(text, {
      doc: "Kernel parameters, as in sysctl.conf: the name without /proc/sys, dots between its parts.",
      example: { "net.ipv4.ip_forward": "0" },
    }),
    sysfs: map(text, {
      doc: "Values written below /sys: the path with dots between its parts.",
      example: { "devices.system.cpu.cpu0.cpufreq.scaling_governor": "performance" },
    }),
    registries,
    systemDiskEncryption,
    features,
    udev: section({
      doc: "Rules for devices, beyond those the system brings.",
      fields: {
        rules: list(string({ doc: "Rule." }), {
          doc: "udev rules, one line each.",
          example: ['SUBSYSTEM=="drm", KERNEL=="renderD*", GROUP="44", MODE="0660"'],
        }),
      },
    }),
    logging: section({
      doc: "Where service logs are sent.",
      example: { destinations: [{ endpoint: "tcp://192.0.2.4:12345", format: "json_lines" }] },
      fields: { destinations: list(logDestination, { doc: "Who gets them, each of them everything." }) },
    }),
    kernel: section({
      doc: "What is loaded into the kernel.",
      example: { modules: [{ name: "btrfs" }] },
      fields: { modules: list(kernelModule, { doc: "Modules to load at boot, with their parameters." }) },
    }),
    seccompProfiles: list(seccompProfile, {
      doc: "Seccomp profiles that pods can name.",
      since: "1.2",
      example: [{ name: "audit.json", value: { defaultAction: "SCMP_ACT_LOG" } }],
    }),
    baseRuntimeSpecOverrides: anything({
      doc: "Fields merged into the runtime specification of every container.",
      since: "1.9",
      example: { process: { rlimits: [{ type: "RLIMIT_NOFILE", hard: 1_024, soft: 1_024 }] } },
      effect: "restart containerd",
    }),
    nodeLabels: map(text, {
      doc: "Labels of the Kubernetes node.",
      since: "1.3",
      example: { "example.org/rack": "r12" },
    }),
    nodeAnnotations: map(text, {
      doc: "Annotations of the Kubernetes node.",
      since: "1.8",
      example: { "example.org/owner": "storage" },
    }),
    nodeTaints: map(text, {
      doc: "Taints of the Kubernetes node, as value:effect.",
      since: "1.6",
      example: { "example.org/dedicated": "storage:NoSchedule" },
    }),
  },
});
