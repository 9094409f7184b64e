import type { ServiceDefinition } from "../supervisor/service.ts";
import { apid } from "./apid.ts";
import { containerd } from "./containerd.ts";
import { etcd } from "./etcd.ts";
import { kubelet } from "./kubelet.ts";
import { machined } from "./machined.ts";
import { trustd } from "./trustd.ts";
import { udevd } from "./udevd.ts";

/** Every service there is. Which of them a machine runs depends on its type and on what it runs on. */
export const services: readonly ServiceDefinition[] = [machined, udevd, containerd, apid, trustd, etcd, kubelet];
