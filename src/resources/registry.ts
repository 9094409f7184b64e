import { blockTypes } from "./block/types.ts";
import { clusterTypes } from "./cluster/types.ts";
import { configTypes } from "./config/types.ts";
import { criTypes } from "./cri/types.ts";
import type { ResourceType } from "./define.ts";
import { etcdTypes } from "./etcd/types.ts";
import { filesTypes } from "./files/types.ts";
import { hardwareTypes } from "./hardware/types.ts";
import { k8sTypes } from "./k8s/types.ts";
import { kubespanTypes } from "./kubespan/types.ts";
import { metaTypes } from "./meta/types.ts";
import { networkTypes } from "./network/types.ts";
import { perfTypes } from "./perf/types.ts";
import { runtimeTypes } from "./runtime/types.ts";
import { secretsTypes } from "./secrets/types.ts";
import { siderolinkTypes } from "./siderolink/types.ts";
import { timeTypes } from "./time/types.ts";
import { v1alpha1Types } from "./v1alpha1/types.ts";

/** Every type of resource, by area. */
export const allTypes: readonly ResourceType[] = [
  ...blockTypes,
  ...clusterTypes,
  ...configTypes,
  ...criTypes,
  ...etcdTypes,
  ...filesTypes,
  ...hardwareTypes,
  ...k8sTypes,
  ...kubespanTypes,
  ...metaTypes,
  ...networkTypes,
  ...perfTypes,
  ...runtimeTypes,
  ...secretsTypes,
  ...siderolinkTypes,
  ...timeTypes,
  ...v1alpha1Types,
];

const byType = new Map(allTypes.map((type) => [type.type, type]));

/** The type of this full name, such as `AddressStatuses.net.talos.dev`. */
export function resourceType(type: string): ResourceType | undefined {
  return byType.get(type);
}
