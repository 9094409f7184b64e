import type { MachineConfig } from "../../../config/index.ts";
import { ExtraManifestsConfig } from "../../../resources/k8s/extra-manifests-config.ts";
import { derivedController } from "./derived.ts";

/** In which order manifests are applied: the network first, then ours (10 and 11), then what builds on them. */
const priorities = { network: "05", cloudProvider: "30", others: "99" } as const;

type ExtraManifest = ExtraManifestsConfig["extraManifests"][number];

/** Says which manifests the configuration adds to the cluster. */
export const extraManifestsController = () =>
  derivedController({
    name: "k8s.ControlPlaneExtraManifestsController",
    kind: ExtraManifestsConfig,
    id: "extra-manifests",
    from: ({ cluster }) => ({ extraManifests: extraManifests(cluster) }),
  });

function extraManifests(cluster: MachineConfig["cluster"]): ExtraManifest[] {
  const { network, externalCloudProvider, extraManifests: others, extraManifestHeaders, inlineManifests } = cluster;
  const fetched = (urls: readonly (string | undefined)[], priority: string, extraHeaders = {}): ExtraManifest[] =>
    urls.flatMap((url) => (url === undefined ? [] : [{ name: url, url, priority, extraHeaders, inlineManifest: "" }]));
  const written = inlineManifests.map(({ name = "", contents: inlineManifest }) => ({
    name,
    url: "",
    priority: priorities.others,
    extraHeaders: {},
    inlineManifest,
  }));
  return [
    ...(network.cni.name === "custom" ? fetched(network.cni.urls, priorities.network) : []),
    ...(externalCloudProvider.enabled ? fetched(externalCloudProvider.manifests, priorities.cloudProvider) : []),
    ...fetched(others, priorities.others, extraManifestHeaders),
    ...written,
  ];
}
