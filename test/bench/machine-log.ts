import type { Client } from "../../src/talosctl/client/client.ts";
import { readText } from "../machine/api.ts";
import type { TestMachine } from "../machine/machine.ts";

/** Everything that a machine has written down about a cluster's start; moments are milliseconds since 1970 by its clock. */
export interface MachineLog {
  readonly console: string;
  readonly containerd: string;
  /** One JSON object a line. */
  readonly kubelet: string;
  /** Requests to the API server, one JSON object a line. */
  readonly audit: string;
  readonly services: readonly ServiceEvent[];
}

export interface ServiceEvent {
  readonly id: string;
  readonly text: string;
  readonly atMs: number;
}

/** What of an audited request is looked at. */
export interface AuditedRequest {
  readonly stage: string;
  readonly stageTimestamp: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username?: string };
  readonly objectRef?: { readonly resource?: string; readonly name?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code: number };
}

const auditLog = "/var/log/audit/kube/kube-apiserver.log";

export async function readMachineLog(machine: TestMachine, api: Client): Promise<MachineLog> {
  const replies = await api.call("machine.MachineService/ServiceList", {});
  const services = replies
    .flatMap(({ message }) => message.services)
    .flatMap(({ id, events }) =>
      (events?.events ?? []).map(({ msg, ts }) => ({
        ...{ id, text: msg },
        atMs: Number(ts?.seconds) * 1_000 + Number(ts?.nanos) / 1e6,
      })),
    );
  return {
    console: await Bun.file(machine.consolePath).text(),
    containerd: await machine.ask("logs", "containerd"),
    kubelet: await machine.ask("logs", "kubelet"),
    audit: await readText(api, auditLog),
    services: services.toSorted((left, right) => left.atMs - right.atMs),
  };
}

/** When a service first had an event like this. */
export const serviceMoment = ({ services }: MachineLog, service: string, pattern: RegExp): number =>
  services.find(({ id, text }) => id === service && pattern.test(text))?.atMs ?? Number.NaN;

/** When containerd was first asked for a pod with a name like this. */
export function podMoment({ containerd }: MachineLog, name: string): number {
  const asked = `RunPodSandbox for &PodSandboxMetadata{Name:${name}`;
  const line = containerd.split("\n").find((text) => text.includes(asked));
  return Date.parse(/time="([^"]+)"/.exec(line ?? "")?.[1] ?? "");
}

/** When the kubelet first spoke of a pod with a name like this. */
export function kubeletPodMoment({ kubelet }: MachineLog, name: string): number {
  return kubeletTime(kubelet.split("\n").find((text) => text.includes(name)));
}

/** When the kubelet first said this. */
export function kubeletMoment({ kubelet }: MachineLog, message: string): number {
  return kubeletTime(kubelet.split("\n").find((text) => text.includes(`"msg":"${message}"`)));
}

const kubeletTime = (line = "") => Number(/"ts":([\d.]+)/.exec(line)?.[1]);

/** When the API server first answered such a request, with success. */
export function requestMoment({ audit }: MachineLog, wanted: (request: AuditedRequest) => boolean): number {
  for (const line of audit.split("\n")) {
    if (line === "") continue;
    const request: AuditedRequest = JSON.parse(line);
    const isDone = request.stage === "ResponseComplete" && (request.responseStatus?.code ?? 500) < 400;
    if (isDone && wanted(request)) return Date.parse(request.stageTimestamp);
  }
  return Number.NaN;
}
