import { defineController } from "../../cosi/controller.ts";
import { accessOf, type KubeconfigNames, kubeconfigOf } from "../../kube/kubeconfig.ts";
import { KubernetesRootSecret } from "../../resources/secrets/kubernetes-root-secret.ts";
import { KubernetesSecret } from "../../resources/secrets/kubernetes-secret.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { issue, kubernetesLifetimeMs } from "./certificate.ts";
import { identityOf, type PemPair, pairOf, pemText } from "./pem-pair.ts";

const id = "k8s-certs";

/** Makes the kubeconfigs by which this machine's own programs speak to Kubernetes. None of them leaves the machine. */
export const kubernetesController = ({ now = () => new Date() } = {}) =>
  defineController({
    name: "secrets.KubernetesController",
    inputs: [
      activeConfigInput,
      { kind: KubernetesRootSecret, id: "k8s", strength: "weak" },
      { kind: TimeStatus, id: "node", strength: "weak" },
    ],
    outputs: [{ kind: KubernetesSecret, sharing: "exclusive" }],
    async reconcile(context) {
      const root = (await context.get(KubernetesRootSecret, "k8s"))?.spec;
      const config = await activeConfig(context);
      if (root === undefined || config === undefined) return;
      const present = (await context.get(KubernetesSecret, id))?.spec;
      if (present !== undefined) context.keep(KubernetesSecret, id);
      const synced = (await context.get(TimeStatus, "node"))?.spec.synced ?? false;
      if (!synced) return;
      const make = (text: string | undefined, holder: Holder) => kubeconfigFor(text, root, { ...holder, now: now() });
      const balanced = root.local_endpoint;
      const here = `https://localhost:${config.cluster.controlPlane.localAPIServerPort}`;
      const made = {
        controllerManagerKubeconfig: await make(
          present?.controllerManagerKubeconfig,
          component("system:kube-controller-manager", balanced),
        ),
        schedulerKubeconfig: await make(present?.schedulerKubeconfig, component("system:kube-scheduler", balanced)),
        adminKubeconfig: await make(present?.adminKubeconfig, admin(root.endpoint)),
        // Without a way around: what asks the API server of this machine waits for this one.
        localhostAdminKubeconfig: await make(present?.localhostAdminKubeconfig, admin(here)),
      };
      await context.put(KubernetesSecret, id, {
        controllerManagerKubeconfig: made.controllerManagerKubeconfig.text,
        schedulerKubeconfig: made.schedulerKubeconfig.text,
        adminKubeconfig: made.adminKubeconfig.text,
        localhostAdminKubeconfig: made.localhostAdminKubeconfig.text,
      });
      context.requeueAfter(Math.min(...Object.values(made).map(({ renewInMs }) => renewInMs)));
    },
  });

/** Who a kubeconfig is for, and where its API server is. */
interface Holder {
  readonly commonName: string;
  readonly organization: string;
  readonly server: string;
  readonly user: string;
  readonly context: string;
}

const component = (name: string, server: string): Holder => ({
  commonName: name,
  organization: name,
  server,
  user: name,
  context: "default",
});

const admin = (server: string): Holder => ({
  // Another name than the administrators' own: the audit log tells the machine from them.
  commonName: "talos:admin",
  organization: "system:masters",
  server,
  user: "admin",
  context: "admin",
});

/** A kubeconfig whose certificate is kept as long as it is good. */
async function kubeconfigFor(
  present: string | undefined,
  root: KubernetesRootSecret,
  { commonName, organization, server, user, context, now }: Holder & { readonly now: Date },
): Promise<{ readonly text: string; readonly renewInMs: number }> {
  const { pair, renewInMs } = await issue(present === undefined ? undefined : pairIn(present), {
    authority: root.issuingCA,
    commonName,
    organizations: [organization],
    usages: ["clientAuth"],
    validForMs: kubernetesLifetimeMs,
    now,
  });
  const ca = root.acceptedCAs.map(({ crt }) => pemText(crt)).join("");
  const names: KubeconfigNames = {
    cluster: root.name,
    user: `${user}@${root.name}`,
    context: `${context}@${root.name}`,
    namespace: "default",
  };
  return { text: kubeconfigOf({ server, ca, ...identityOf(pair) }, names), renewInMs };
}

function pairIn(kubeconfig: string): PemPair | undefined {
  const { certificate, key } = accessOf(kubeconfig);
  return certificate === undefined || key === undefined ? undefined : pairOf({ certificate, key });
}
