import { images } from "../../../config/index.ts";
import { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import { derivedController } from "./derived.ts";
import { podFields } from "./pod.ts";

/** Says how kube-apiserver runs. */
export const apiServerController = () =>
  derivedController({
    name: "k8s.ControlPlaneAPIServerController",
    kind: APIServerConfig,
    id: "kube-apiserver",
    from: ({ cluster, machine }) => ({
      ...podFields(cluster.apiServer, images.apiServer, { cpu: "200m", memory: "512Mi" }),
      cloudProvider: cluster.externalCloudProvider.enabled ? "external" : "",
      controlPlaneEndpoint: cluster.controlPlane.endpoint ?? "",
      etcdServers: ["https://127.0.0.1:2379"],
      localPort: cluster.controlPlane.localAPIServerPort,
      serviceCIDR: cluster.network.serviceSubnets,
      // The kubelet fills in the pod's address, which is the node's; a node that is none has none to show.
      advertisedAddress: machine.kubelet.skipNodeRegistration ? "" : "$(POD_IP)",
    }),
  });
