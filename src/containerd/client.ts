import type { Channel } from "../grpc/client/channel.ts";
import { callsOver } from "./calls.ts";
import { type Containers, containersOf } from "./containers.ts";
import { type ContentStore, contentOf } from "./content.ts";
import { type Events, eventsOf } from "./events.ts";
import { type ImageService, imageServiceOf } from "./image-service.ts";
import { type Images, imagesOf } from "./images.ts";
import { type Introspection, introspectionOf } from "./introspection.ts";
import { type Namespaces, namespacesOf } from "./namespaces.ts";
import { type RuntimeService, runtimeServiceOf } from "./runtime-service.ts";
import { type Snapshots, snapshotsOf } from "./snapshots.ts";
import { type Tasks, tasksOf } from "./tasks.ts";

/** Where the machine's own containers live. */
export const systemNamespace = "system";
/** Where the kubelet's pods live. */
export const kubernetesNamespace = "k8s.io";

/** One containerd. */
export interface Containerd extends Disposable {
  readonly introspection: Introspection;
  readonly namespaces: Namespaces;
  readonly imageService: ImageService;
  readonly runtimeService: RuntimeService;
  /** Of all namespaces. */
  readonly events: Events;
  /** What is in one of containerd's namespaces. */
  in(namespace: string): ContainerdNamespace;
  close(): void;
}

/** One containerd namespace: images, containers and tasks by name. */
export interface ContainerdNamespace {
  readonly name: string;
  readonly images: Images;
  readonly content: ContentStore;
  readonly snapshots: Snapshots;
  readonly containers: Containers;
  readonly tasks: Tasks;
}

/** A client over a connection to containerd's socket; closing it closes the connection. */
export function containerdOver(channel: Channel): Containerd {
  const calls = callsOver(channel, {});
  const inNamespace = (name: string): ContainerdNamespace => {
    const scoped = callsOver(channel, { "containerd-namespace": name });
    return {
      name,
      images: imagesOf(scoped),
      content: contentOf(scoped),
      snapshots: snapshotsOf(scoped),
      containers: containersOf(scoped),
      tasks: tasksOf(scoped),
    };
  };
  return {
    introspection: introspectionOf(calls),
    namespaces: namespacesOf(calls),
    imageService: imageServiceOf(calls),
    runtimeService: runtimeServiceOf(calls),
    events: eventsOf(calls),
    in: (namespace) => inNamespace(namespace),
    close: () => channel.close(),
    [Symbol.dispose]: () => channel.close(),
  };
}
