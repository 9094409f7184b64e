/** Who may know whom. A room is a directory of src/; it may import rooms of its own layer and of those below. */
export const layers: readonly (readonly string[])[] = [
  ["errors", "async", "bytes", "clock", "files", "version.ts", "well-known.ts"],
  ["linux", "netlink", "block", "mount", "cgroup", "kmsg"],
  ["proto", "grpc", "pki", "config", "net", "dbus", "oci", "containerd", "etcd", "kube", "talosconfig", "discovery"],
  ["cosi"],
  ["resources"],
  ["controllers", "platform", "health"],
  ["machined", "apid", "trustd"],
  ["talosctl"],
  ["main.ts"],
];

/** Programs of their own: they meet over sockets. */
export const processRooms: ReadonlySet<string> = new Set(["machined", "apid", "trustd", "talosctl"]);

/** Rooms that run on an administrator's computer, macOS included… */
export const clientRooms: ReadonlySet<string> = new Set([
  ...["talosctl", "config", "talosconfig", "resources", "pki", "proto", "net", "grpc", "oci", "etcd", "health", "kube"],
]);

/** …and therefore never reach, however indirectly, these. */
export const machineRooms: ReadonlySet<string> = new Set([
  ...["linux", "netlink", "block", "mount", "cgroup", "kmsg", "controllers", "machined"],
]);

/** The one part of the client that needs Linux; loaded lazily, only when that provisioner is asked for. */
export const linuxOnlyClientFolder = "src/talosctl/cluster/container/";

/** What no command of talosctl loads before it runs: each of these costs more than the whole table of commands. */
export const heavyForHelp: ReadonlySet<string> = new Set([
  ...["node:net", "node:tls", "node:http2", "node:stream", "node:stream/consumers", "node:readline/promises"],
  ...["node:child_process", "node:crypto", "yaml", "diff", "protobufjs", "ipaddr.js"],
]);

/** `src/linux/mount.ts` is in the room `linux`, `src/main.ts` is a room of its own. */
export function roomOf(path: string): string {
  return path.split("/")[1] ?? "";
}

export function layerOf(path: string): number | undefined {
  const room = roomOf(path);
  const layer = layers.findIndex((rooms) => rooms.includes(room));
  return layer < 0 ? undefined : layer;
}

/** The names along one cycle of the graph, first and last the same; empty when there is none. */
export function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const finished = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string[] => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (finished.has(name)) return [];
    for (const next of edges.get(name) ?? []) {
      const cycle = visit(next, [...trail, name]);
      if (cycle.length > 0) return cycle;
    }
    finished.add(name);
    return [];
  };
  for (const name of edges.keys()) {
    const cycle = visit(name, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

/** Every file that `roots` lead to, themselves included; `follows` can hold an edge back. */
export function reachableFrom(
  roots: readonly string[],
  importsOf: (path: string) => readonly string[],
  follows: (from: string, to: string) => boolean = () => true,
): Map<string, string | undefined> {
  const cameFrom = new Map<string, string | undefined>(roots.map((root) => [root, undefined]));
  // A Map is iterated in insertion order, entries added on the way included: a queue without a second list.
  for (const path of cameFrom.keys()) {
    for (const next of importsOf(path)) {
      if (!cameFrom.has(next) && follows(path, next)) cameFrom.set(next, path);
    }
  }
  return cameFrom;
}

/** How a search got to a file: `a -> b -> c`. */
export function trailTo(path: string, cameFrom: ReadonlyMap<string, string | undefined>): string {
  const trail = [path];
  for (let from = cameFrom.get(path); from !== undefined; from = cameFrom.get(from)) trail.unshift(from);
  return trail.join(" -> ");
}
