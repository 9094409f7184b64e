import { defineController } from "../../../cosi/controller.ts";
import type { Document } from "../../../resources/fields/struct.ts";
import { AdmissionControlConfig } from "../../../resources/k8s/admission-control-config.ts";
import { AuditPolicyConfig } from "../../../resources/k8s/audit-policy-config.ts";
import { AuthorizationConfig } from "../../../resources/k8s/authorization-config.ts";
import { ConfigStatus } from "../../../resources/k8s/config-status.ts";
import { SchedulerConfig } from "../../../resources/k8s/scheduler-config.ts";
import { mergeDocuments } from "../document.ts";
import { ContentVersion, formatFileVersions } from "./content-version.ts";
import { isAtLeast } from "./image-version.ts";
import { configOf, type Places, places as placesOfMachine, secretOf } from "./places.ts";
import { type RenderOptions, writePodFiles } from "./pod-files.ts";

/**
 * Writes the configuration files of the control plane's pods. The status counts versions of the API server's files and
 * of the scheduler's, `1.1`: a change of one is no reason to start the other anew.
 */
export const renderConfigsController = ({ places = placesOfMachine, owners }: RenderOptions = {}) => {
  const versions = { "kube-apiserver": new ContentVersion(), "kube-scheduler": new ContentVersion() };
  return defineController({
    name: "k8s.RenderConfigsStaticPodController",
    inputs: [
      { kind: AdmissionControlConfig, strength: "weak" },
      { kind: AuditPolicyConfig, strength: "weak" },
      { kind: AuthorizationConfig, strength: "weak" },
      { kind: SchedulerConfig, strength: "weak" },
    ],
    outputs: [{ kind: ConfigStatus, sharing: "exclusive" }],
    async reconcile(context) {
      const admission = (await context.get(AdmissionControlConfig, "admission-control"))?.spec;
      const audit = (await context.get(AuditPolicyConfig, "audit-policy"))?.spec;
      const authorization = (await context.get(AuthorizationConfig, "authorization"))?.spec;
      const scheduler = (await context.get(SchedulerConfig, "kube-scheduler"))?.spec;
      if (admission === undefined || audit === undefined || authorization === undefined || scheduler === undefined)
        return;
      const files = {
        "kube-apiserver": {
          "admission-control-config.yaml": text(admissionConfiguration(admission)),
          "auditpolicy.yaml": text(audit.config),
          "authorization-config.yaml": text(authorizationConfiguration(authorization)),
        },
        "kube-scheduler": { "scheduler-config.yaml": text(schedulerConfiguration(scheduler, places)) },
      };
      for (const id of ["kube-apiserver", "kube-scheduler"] as const)
        await writePodFiles(configOf(places, id), id, files[id], owners);
      const version = formatFileVersions({
        apiServer: versions["kube-apiserver"].of(JSON.stringify(files["kube-apiserver"])),
        scheduler: versions["kube-scheduler"].of(JSON.stringify(files["kube-scheduler"])),
      });
      await context.put(ConfigStatus, "static-pods", { ready: true, version });
    },
  });
};

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
