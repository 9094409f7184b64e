import { defineController } from "../../../cosi/controller.ts";
import type { Document } from "../../../resources/fields/struct.ts";
import { AdmissionControlConfig } from "../../../resources/k8s/admission-control-config.ts";
import { AuditPolicyConfig } from "../../../resources/k8s/audit-policy-config.ts";
import { AuthorizationConfig } from "../../../resources/k8s/authorization-config.ts";
import { ConfigStatus } from "../../../resources/k8s/config-status.ts";
import { SchedulerConfig } from "../../../resources/k8s/scheduler-config.ts";
import { mergeDocuments } from "../document.ts";
import { isAtLeast } from "./image-version.ts";
import { configOf, type Places, places as placesOfMachine, secretOf } from "./places.ts";
import { type RenderOptions, writePodFiles } from "./pod-files.ts";

/** Writes the configuration files of the control plane's pods. */
export const renderConfigsController = ({ places = placesOfMachine, owners }: RenderOptions = {}) =>
  defineController({
    name: "k8s.RenderConfigsStaticPodController",
    inputs: [
      { kind: AdmissionControlConfig, strength: "weak" },
      { kind: AuditPolicyConfig, strength: "weak" },
      { kind: AuthorizationConfig, strength: "weak" },
      { kind: SchedulerConfig, strength: "weak" },
    ],
    outputs: [{ kind: ConfigStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const admission = await context.get(AdmissionControlConfig, "admission-control");
      const audit = await context.get(AuditPolicyConfig, "audit-policy");
      const authorization = await context.get(AuthorizationConfig, "authorization");
      const scheduler = await context.get(SchedulerConfig, "kube-scheduler");
      if (admission === undefined || audit === undefined || authorization === undefined || scheduler === undefined)
        return;
      const apiServerFiles = {
        "admission-control-config.yaml": text(admissionConfiguration(admission.spec)),
        "auditpolicy.yaml": text(audit.spec.config),
        "authorization-config.yaml": text(authorizationConfiguration(authorization.spec)),
      };
      const schedulerFiles = { "scheduler-config.yaml": text(schedulerConfiguration(scheduler.spec, places)) };
      await writePodFiles(configOf(places, "kube-apiserver"), "kube-apiserver", apiServerFiles, owners);
      await writePodFiles(configOf(places, "kube-scheduler"), "kube-scheduler", schedulerFiles, owners);
      const versions = [admission, audit, authorization, scheduler].map(({ metadata }) => metadata.version);
      await context.put(ConfigStatus, "static-pods", { ready: true, version: versions.join(".") });
    },
  });

/** JSON is YAML, and these files are for programs. */
const text = (document: Document): string => `${JSON.stringify(document, undefined, 2)}\n`;

const admissionConfiguration = ({ config }: AdmissionControlConfig): Document => ({
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "AdmissionConfiguration",
  plugins: config.map(({ name, configuration }) => ({ name, configuration })),
});

function authorizationConfiguration({ config, image }: AuthorizationConfig): Document {
  return {
    apiVersion: `apiserver.config.k8s.io/${isAtLeast(image, [1, 32]) ? "v1" : "v1beta1"}`,
    kind: "AuthorizationConfiguration",
    authorizers: config.map(({ type, name, webhook }) => ({
      type,
      name,
      ...(Object.keys(webhook).length === 0 ? {} : { webhook }),
    })),
  };
}

const schedulerConfiguration = ({ config }: SchedulerConfig, places: Places): Document =>
  mergeDocuments(config, {
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig: secretOf(places, "kube-scheduler", "kubeconfig") },
  });
