/** Pods get the baseline checks unless a namespace says otherwise; the system's own namespace is exempt. */
export const admissionControl = [
  {
    name: "PodSecurity",
    configuration: {
      apiVersion: "pod-security.admission.config.k8s.io/v1alpha1",
      defaults: {
        audit: "restricted",
        "audit-version": "latest",
        enforce: "baseline",
        "enforce-version": "latest",
        warn: "restricted",
        "warn-version": "latest",
      },
      exemptions: { namespaces: ["kube-system"], runtimeClasses: [], usernames: [] },
      kind: "PodSecurityConfiguration",
    },
  },
] as const;

/** Who did what, without the bodies: those hold secrets. */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  rules: [{ level: "Metadata" }],
} as const;
