import { fromBase64 } from "../../bytes/base64.ts";
import { defineController } from "../../cosi/controller.ts";
import { KubeletSecret } from "../../resources/secrets/kubelet-secret.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";

/** Takes from the configuration how the kubelet joins its cluster: where, whom to trust, and with which token. */
export const kubeletSecretController = () =>
  defineController({
    name: "secrets.KubeletController",
    inputs: [activeConfigInput],
    outputs: [{ kind: KubeletSecret, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const { ca, acceptedCAs, controlPlane, token } = config.cluster;
      const certificates = [ca?.crt, ...acceptedCAs.map(({ crt }) => crt)].filter((crt) => crt !== undefined);
      if (certificates.length === 0) return;
      const { kubePrism } = config.machine.features;
      const here = isControlPlane(config) ? `https://localhost:${controlPlane.localAPIServerPort}` : undefined;
      const balanced = kubePrism.enabled ? `https://127.0.0.1:${kubePrism.port}` : undefined;
      const [bootstrapTokenID = "", bootstrapTokenSecret = ""] = (token ?? "").split(".");
      await context.put(KubeletSecret, "kubelet", {
        endpoint: balanced ?? here ?? controlPlane.endpoint ?? "",
        acceptedCAs: certificates.map((crt) => ({ crt: fromBase64(crt) })),
        bootstrapTokenID,
        bootstrapTokenSecret,
      });
    },
  });
