import { defineController } from "../../cosi/controller.ts";
import { textOf } from "../../net/balancer/target.ts";
import { Member } from "../../resources/cluster/member.ts";
import { Endpoint } from "../../resources/k8s/endpoint.ts";
import { KubePrismEndpoint } from "../../resources/k8s/kubeprism-endpoint.ts";
import { activeConfig, activeConfigInput, isControlPlane } from "../active-config.ts";
import { hostOf } from "./url-host.ts";

const httpsPort = 443;

/** Finds the API servers that a local balancer would choose from: the cluster's, this machine's, and its neighbours'. */
export const kubePrismEndpointsController = () =>
  defineController({
    name: "k8s.KubePrismEndpointsController",
    inputs: [
      activeConfigInput,
      { kind: Member, strength: "weak" },
      { kind: Endpoint, id: "kube-apiserver", strength: "weak" },
    ],
    outputs: [{ kind: KubePrismEndpoint, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined || !config.machine.features.kubePrism.enabled) return;
      const { endpoint, localAPIServerPort } = config.cluster.controlPlane;
      const url = endpoint === undefined ? null : URL.parse(endpoint);
      const members = (await context.list(Member)).flatMap(({ spec: { addresses, controlPlane } }) =>
        controlPlane == null ? [] : addresses.map((host) => ({ host, port: controlPlane.port })),
      );
      // What the API servers say of themselves: for workers that hear of no other machine.
      const announced = (await context.get(Endpoint, "kube-apiserver"))?.spec.addresses ?? [];
      const endpoints = [
        ...(url === null ? [] : [{ host: hostOf(url), port: Number(url.port || httpsPort) }]),
        ...(isControlPlane(config) ? [{ host: "localhost", port: localAPIServerPort }] : []),
        ...members,
        ...announced.map((host) => ({ host, port: localAPIServerPort })),
      ];
      const once = new Map(endpoints.map((endpoint) => [textOf(endpoint), endpoint]));
      await context.put(KubePrismEndpoint, "k8s-cluster", { endpoints: [...once.values()] });
    },
  });
