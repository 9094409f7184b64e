import { defineController } from "../../cosi/controller.ts";
import { EtcdRootSecret } from "../../resources/secrets/etcd-root-secret.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";
import { pairFromConfig } from "./pem-pair.ts";

/** Takes etcd's authority from the configuration; only the control plane has it. */
export const etcdRootController = () =>
  defineController({
    name: "secrets.RootEtcdController",
    inputs: [activeConfigInput],
    outputs: [{ kind: EtcdRootSecret, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const authority = config?.cluster.etcd?.ca;
      if (config === undefined || authority === undefined || !isControlPlane(config)) return;
      await context.put(EtcdRootSecret, "etcd", { etcdCA: pairFromConfig(authority) });
    },
  });
