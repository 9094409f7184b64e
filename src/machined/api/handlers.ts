import type { Call } from "../../grpc/call.ts";
import type { HandlerFunction, Handlers } from "../../grpc/handler.ts";
import { implement } from "../../grpc/implement.ts";
import type { Rpc } from "../../proto/method.ts";
import { methods } from "../../proto/methods.ts";
import type { Machine } from "../machine.ts";
import { generateClientConfiguration } from "./access/generate-client-configuration.ts";
import { kubeconfig } from "./access/kubeconfig.ts";
import { applyConfiguration } from "./configuration/apply-configuration.ts";
import { generateConfiguration } from "./configuration/generate-configuration.ts";
import { containers } from "./containers/containers.ts";
import { restart } from "./containers/restart.ts";
import { stats } from "./containers/stats.ts";
import { etcdAlarmDisarm, etcdAlarmList } from "./etcd/alarms.ts";
import { bootstrap } from "./etcd/bootstrap.ts";
import { etcdDowngradeCancel, etcdDowngradeEnable, etcdDowngradeValidate } from "./etcd/downgrade.ts";
import { etcdForfeitLeadership, etcdLeaveCluster } from "./etcd/leave.ts";
import { etcdDefragment, etcdSnapshot } from "./etcd/maintenance.ts";
import { etcdMemberList, etcdRemoveMember, etcdRemoveMemberById } from "./etcd/members.ts";
import { etcdRecover } from "./etcd/recover.ts";
import { etcdStatus } from "./etcd/status.ts";
import { copy } from "./files/copy.ts";
import { diskUsage } from "./files/disk-usage.ts";
import { list } from "./files/list.ts";
import { read } from "./files/read.ts";
import { cpuInfo } from "./host/cpu-info.ts";
import { diskStats } from "./host/disk-stats.ts";
import { hostname } from "./host/hostname.ts";
import { loadAverage } from "./host/load-average.ts";
import { memory } from "./host/memory.ts";
import { mounts } from "./host/mounts.ts";
import { netstat } from "./host/netstat.ts";
import { networkDeviceStats } from "./host/network-device-stats.ts";
import { packetCapture } from "./host/packet-capture.ts";
import { processes } from "./host/processes.ts";
import { systemStat } from "./host/system-stat.ts";
import { version } from "./host/version.ts";
import { imageList, imagePull } from "./images/images.ts";
import { dmesg } from "./logs/dmesg.ts";
import { events } from "./logs/events.ts";
import { logs, logsContainers } from "./logs/logs.ts";
import { metaDelete, metaWrite } from "./meta/meta.ts";
import { reboot } from "./power/reboot.ts";
import { shutdown } from "./power/shutdown.ts";
import { serviceRestart, serviceStart, serviceStop } from "./services/service-actions.ts";
import { serviceList } from "./services/service-list.ts";

const service = "machine.MachineService";

/** What may serve each method of the service, by the method's name. */
type Serves = {
  readonly [Path in keyof typeof methods as Path extends `${typeof service}/${infer Name}`
    ? Name
    : never]: HandlerFunction<(typeof methods)[Path]>;
};

/** machine.MachineService, one line a method: what is not here answers Unimplemented. */
export function machineHandlers(machine: Machine): Handlers {
  const of = <Request, Reply>(serve: (machine: Machine, request: Request, call: Call) => Reply) => {
    return (request: Request, call: Call): Reply => serve(machine, request, call);
  };
  return join({
    ApplyConfiguration: of(applyConfiguration),
    Bootstrap: of(bootstrap),
    Containers: of(containers),
    Copy: copy,
    CPUInfo: cpuInfo,
    DiskStats: diskStats,
    DiskUsage: diskUsage,
    Dmesg: dmesg,
    EtcdAlarmDisarm: of(etcdAlarmDisarm),
    EtcdAlarmList: of(etcdAlarmList),
    EtcdDefragment: of(etcdDefragment),
    EtcdDowngradeCancel: of(etcdDowngradeCancel),
    EtcdDowngradeEnable: of(etcdDowngradeEnable),
    EtcdDowngradeValidate: of(etcdDowngradeValidate),
    EtcdForfeitLeadership: of(etcdForfeitLeadership),
    EtcdLeaveCluster: of(etcdLeaveCluster),
    EtcdMemberList: of(etcdMemberList),
    EtcdRecover: of(etcdRecover),
    EtcdRemoveMember: of(etcdRemoveMember),
    EtcdRemoveMemberByID: of(etcdRemoveMemberById),
    EtcdSnapshot: of(etcdSnapshot),
    EtcdStatus: of(etcdStatus),
    Events: of(events),
    GenerateClientConfiguration: of(generateClientConfiguration),
    GenerateConfiguration: of(generateConfiguration),
    Hostname: hostname,
    ImageList: of(imageList),
    ImagePull: of(imagePull),
    Kubeconfig: of(kubeconfig),
    List: list,
    LoadAvg: loadAverage,
    Logs: of(logs),
    LogsContainers: of(logsContainers),
    Memory: memory,
    MetaDelete: of(metaDelete),
    MetaWrite: of(metaWrite),
    Mounts: mounts,
    Netstat: netstat,
    NetworkDeviceStats: networkDeviceStats,
    PacketCapture: of(packetCapture),
    Processes: processes,
    Read: read,
    Reboot: of(reboot),
    Restart: of(restart),
    ServiceList: of(serviceList),
    ServiceRestart: of(serviceRestart),
    ServiceStart: of(serviceStart),
    ServiceStop: of(serviceStop),
    Shutdown: of(shutdown),
    Stats: of(stats),
    SystemStat: systemStat,
    Version: of(version),
  });
}

/** Finds the description of each method that is served. */
function join(serves: Partial<Serves>): Handlers {
  const rpcs: Readonly<Record<string, Rpc>> = methods;
  return Object.fromEntries(
    Object.entries(serves).map(([name, serve]) => {
      const path = `${service}/${name}`;
      return [path, implement(rpcs[path] as Rpc, serve as HandlerFunction<Rpc>)];
    }),
  );
}
