import { cluster } from "./cluster/command.ts";
import type { AnyCommand } from "./command.ts";
import { applyConfig } from "./commands/apply-config.ts";
import { bootstrap } from "./commands/bootstrap.ts";
import { completion } from "./commands/completion.ts";
import { config } from "./commands/config/index.ts";
import { containers } from "./commands/containers.ts";
import { copy } from "./commands/copy.ts";
import { dashboard } from "./commands/dashboard.ts";
import { dmesg } from "./commands/dmesg.ts";
import { edit } from "./commands/edit.ts";
import { etcd } from "./commands/etcd/index.ts";
import { events } from "./commands/events.ts";
import { explain } from "./commands/explain.ts";
import { gen } from "./commands/gen/index.ts";
import { get } from "./commands/get.ts";
import { health } from "./commands/health.ts";
import { image } from "./commands/image/index.ts";
import { inspect } from "./commands/inspect.ts";
import { kubeconfig } from "./commands/kubeconfig.ts";
import { list } from "./commands/list.ts";
import { logs } from "./commands/logs.ts";
import { machineconfig } from "./commands/machineconfig/index.ts";
import { memory } from "./commands/memory.ts";
import { meta } from "./commands/meta/index.ts";
import { mounts } from "./commands/mounts.ts";
import { netstat } from "./commands/netstat.ts";
import { patch } from "./commands/patch.ts";
import { pcap } from "./commands/pcap.ts";
import { processes } from "./commands/processes.ts";
import { read } from "./commands/read.ts";
import { reboot } from "./commands/reboot.ts";
import { restart } from "./commands/restart.ts";
import { service } from "./commands/service.ts";
import { shutdown } from "./commands/shutdown.ts";
import { stats } from "./commands/stats.ts";
import { time } from "./commands/time.ts";
import { usage } from "./commands/usage.ts";
import { validate } from "./commands/validate.ts";
import { version } from "./commands/version.ts";

/**
 * Every verb. Files of verbs import nothing heavy: the wire, YAML, certificates and the config's description wait in
 * `import()` until a verb runs, so that this table costs a few milliseconds.
 */
export const commands: readonly AnyCommand[] = [
  ...[applyConfig, bootstrap, config, containers, copy, dashboard, dmesg, edit, etcd, events, get, health, inspect],
  ...[
    kubeconfig,
    list,
    logs,
    memory,
    meta,
    mounts,
    netstat,
    patch,
    pcap,
    processes,
    read,
    reboot,
    restart,
    service,
    shutdown,
    stats,
  ],
  ...[time, usage, version],
  ...[explain, gen, image, machineconfig, validate],
  ...[cluster],
  ...[completion],
];
