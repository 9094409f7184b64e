import type { Role } from "../pki/role.ts";
import { cluster, common, cosi, google, inspect, machine, securityapi, storage, time } from "./index.ts";
import { type Method, methodOf } from "./method.ts";

const unary = methodOf("unary");
const serverStream = methodOf("serverStream");
const clientStream = methodOf("clientStream");
const { Empty } = google.protobuf;

const nobody = [] as const;
const admin = ["os:admin"] as const;
const operators = ["os:admin", "os:operator"] as const;
const operatorsAndBackup = [...operators, "os:etcd:backup"] as const;
const readers = [...operators, "os:reader"] as const;
const readersAndBackup = [...readers, "os:etcd:backup"] as const;

/**
 * Every method of the API, by its path on the wire without the leading slash. apid reads who may call and how calls
 * to several nodes join, machined what it must serve, talosctl what it can call.
 */
export const methods = {
  "machine.MachineService/ApplyConfiguration": unary(
    machine.ApplyConfigurationRequest,
    machine.ApplyConfigurationResponse,
    admin,
    { maintenance: true },
  ),
  "machine.MachineService/Bootstrap": unary(machine.BootstrapRequest, machine.BootstrapResponse, admin),
  "machine.MachineService/Containers": unary(machine.ContainersRequest, machine.ContainersResponse, readers),
  "machine.MachineService/Copy": serverStream(machine.CopyRequest, common.Data, admin),
  "machine.MachineService/CPUFreqStats": unary(Empty, machine.CPUFreqStatsResponse, readers),
  "machine.MachineService/CPUInfo": unary(Empty, machine.CPUInfoResponse, readers),
  "machine.MachineService/DiskStats": unary(Empty, machine.DiskStatsResponse, readers),
  "machine.MachineService/Dmesg": serverStream(machine.DmesgRequest, common.Data, readers),
  "machine.MachineService/Events": serverStream(machine.EventsRequest, machine.Event, readers),
  "machine.MachineService/EtcdMemberList": unary(
    machine.EtcdMemberListRequest,
    machine.EtcdMemberListResponse,
    readersAndBackup,
  ),
  "machine.MachineService/EtcdRemoveMember": unary(
    machine.EtcdRemoveMemberRequest,
    machine.EtcdRemoveMemberResponse,
    admin,
  ),
  "machine.MachineService/EtcdRemoveMemberByID": unary(
    machine.EtcdRemoveMemberByIDRequest,
    machine.EtcdRemoveMemberByIDResponse,
    admin,
  ),
  "machine.MachineService/EtcdLeaveCluster": unary(
    machine.EtcdLeaveClusterRequest,
    machine.EtcdLeaveClusterResponse,
    admin,
  ),
  "machine.MachineService/EtcdForfeitLeadership": unary(
    machine.EtcdForfeitLeadershipRequest,
    machine.EtcdForfeitLeadershipResponse,
    admin,
  ),
  "machine.MachineService/EtcdRecover": clientStream(common.Data, machine.EtcdRecoverResponse, admin),
  "machine.MachineService/EtcdSnapshot": serverStream(machine.EtcdSnapshotRequest, common.Data, operatorsAndBackup),
  "machine.MachineService/EtcdAlarmList": unary(Empty, machine.EtcdAlarmListResponse, readersAndBackup),
  "machine.MachineService/EtcdAlarmDisarm": unary(Empty, machine.EtcdAlarmDisarmResponse, operators),
  "machine.MachineService/EtcdDefragment": unary(Empty, machine.EtcdDefragmentResponse, operators),
  "machine.MachineService/EtcdStatus": unary(Empty, machine.EtcdStatusResponse, readersAndBackup),
  "machine.MachineService/EtcdDowngradeValidate": unary(
    machine.EtcdDowngradeValidateRequest,
    machine.EtcdDowngradeValidateResponse,
    admin,
  ),
  "machine.MachineService/EtcdDowngradeEnable": unary(
    machine.EtcdDowngradeEnableRequest,
    machine.EtcdDowngradeEnableResponse,
    admin,
  ),
  "machine.MachineService/EtcdDowngradeCancel": unary(Empty, machine.EtcdDowngradeCancelResponse, admin),
  "machine.MachineService/GenerateConfiguration": unary(
    machine.GenerateConfigurationRequest,
    machine.GenerateConfigurationResponse,
    admin,
    { maintenance: true },
  ),
  "machine.MachineService/Hostname": unary(Empty, machine.HostnameResponse, readers),
  "machine.MachineService/Kubeconfig": serverStream(Empty, common.Data, admin),
  "machine.MachineService/List": serverStream(machine.ListRequest, machine.FileInfo, readers),
  "machine.MachineService/DiskUsage": serverStream(machine.DiskUsageRequest, machine.DiskUsageInfo, readers),
  "machine.MachineService/LoadAvg": unary(Empty, machine.LoadAvgResponse, readers),
  "machine.MachineService/Logs": serverStream(machine.LogsRequest, common.Data, readers),
  "machine.MachineService/LogsContainers": unary(Empty, machine.LogsContainersResponse, readers),
  "machine.MachineService/Memory": unary(Empty, machine.MemoryResponse, readers),
  "machine.MachineService/Mounts": unary(Empty, machine.MountsResponse, readers),
  "machine.MachineService/NetworkDeviceStats": unary(Empty, machine.NetworkDeviceStatsResponse, readers),
  "machine.MachineService/Processes": unary(Empty, machine.ProcessesResponse, readers),
  "machine.MachineService/Read": serverStream(machine.ReadRequest, common.Data, admin),
  "machine.MachineService/Reboot": unary(machine.RebootRequest, machine.RebootResponse, operators),
  "machine.MachineService/Restart": unary(machine.RestartRequest, machine.RestartResponse, operators),
  "machine.MachineService/Rollback": unary(machine.RollbackRequest, machine.RollbackResponse, admin),
  "machine.MachineService/Reset": unary(machine.ResetRequest, machine.ResetResponse, admin),
  "machine.MachineService/ServiceList": unary(Empty, machine.ServiceListResponse, readers),
  "machine.MachineService/ServiceRestart": unary(
    machine.ServiceRestartRequest,
    machine.ServiceRestartResponse,
    operators,
  ),
  "machine.MachineService/ServiceStart": unary(machine.ServiceStartRequest, machine.ServiceStartResponse, operators),
  "machine.MachineService/ServiceStop": unary(machine.ServiceStopRequest, machine.ServiceStopResponse, operators),
  "machine.MachineService/Shutdown": unary(machine.ShutdownRequest, machine.ShutdownResponse, operators),
  "machine.MachineService/Stats": unary(machine.StatsRequest, machine.StatsResponse, readers),
  "machine.MachineService/SystemStat": unary(Empty, machine.SystemStatResponse, readers),
  "machine.MachineService/Upgrade": unary(machine.UpgradeRequest, machine.UpgradeResponse, admin),
  "machine.MachineService/Version": unary(Empty, machine.VersionResponse, readers),
  "machine.MachineService/GenerateClientConfiguration": unary(
    machine.GenerateClientConfigurationRequest,
    machine.GenerateClientConfigurationResponse,
    admin,
  ),
  "machine.MachineService/PacketCapture": serverStream(machine.PacketCaptureRequest, common.Data, operators),
  "machine.MachineService/Netstat": unary(machine.NetstatRequest, machine.NetstatResponse, readers),
  "machine.MachineService/MetaWrite": unary(machine.MetaWriteRequest, machine.MetaWriteResponse, admin),
  "machine.MachineService/MetaDelete": unary(machine.MetaDeleteRequest, machine.MetaDeleteResponse, admin),
  "machine.MachineService/ImageList": serverStream(machine.ImageListRequest, machine.ImageListResponse, readers),
  "machine.MachineService/ImagePull": unary(machine.ImagePullRequest, machine.ImagePullResponse, operators),

  "storage.StorageService/Disks": unary(Empty, storage.DisksResponse, readers, { maintenance: true }),
  "storage.StorageService/BlockDeviceWipe": unary(
    storage.BlockDeviceWipeRequest,
    storage.BlockDeviceWipeResponse,
    admin,
    { maintenance: true },
  ),

  "time.TimeService/Time": unary(Empty, time.TimeResponse, readers),
  "time.TimeService/TimeCheck": unary(time.TimeRequest, time.TimeResponse, readers),

  "inspect.InspectService/ControllerRuntimeDependencies": unary(
    Empty,
    inspect.ControllerRuntimeDependenciesResponse,
    readers,
  ),

  "cluster.ClusterService/HealthCheck": serverStream(cluster.HealthCheckRequest, cluster.HealthCheckProgress, readers),

  // The state refuses writes whoever asks: resources are written by controllers.
  "cosi.resource.State/Get": unary(cosi.resource.GetRequest, cosi.resource.GetResponse, readers, {
    maintenance: true,
    fanOut: "refuse",
  }),
  "cosi.resource.State/List": serverStream(cosi.resource.ListRequest, cosi.resource.ListResponse, readers, {
    maintenance: true,
    fanOut: "refuse",
  }),
  "cosi.resource.State/Create": unary(cosi.resource.CreateRequest, cosi.resource.CreateResponse, admin, {
    maintenance: true,
    fanOut: "refuse",
  }),
  "cosi.resource.State/Update": unary(cosi.resource.UpdateRequest, cosi.resource.UpdateResponse, admin, {
    maintenance: true,
    fanOut: "refuse",
  }),
  "cosi.resource.State/Destroy": unary(cosi.resource.DestroyRequest, cosi.resource.DestroyResponse, admin, {
    maintenance: true,
    fanOut: "refuse",
  }),
  "cosi.resource.State/Watch": serverStream(cosi.resource.WatchRequest, cosi.resource.WatchResponse, readers, {
    maintenance: true,
    fanOut: "refuse",
  }),

  // trustd alone serves it, to holders of the machine token.
  "securityapi.SecurityService/Certificate": unary(
    securityapi.CertificateRequest,
    securityapi.CertificateResponse,
    nobody,
  ),
} as const satisfies Readonly<Record<string, Method>>;

export type MethodName = keyof typeof methods;

/** The row of a method given by its path, `/machine.MachineService/Version`; none for one we do not know. */
export function methodAt(path: string): Method | undefined {
  const name = path.startsWith("/") ? path.slice(1) : path;
  return Object.hasOwn(methods, name) ? methods[name as MethodName] : undefined;
}

/** Who may call the method at a path. Administrators alone may call what we do not know. */
export const rolesFor = (path: string): readonly Role[] => methodAt(path)?.roles ?? admin;

/** A method with its path, as a client calls it: `channel.unary(api("machine.MachineService/Version"), {})`. */
export const api = <N extends MethodName>(name: N) => ({ ...methods[name], path: name });
