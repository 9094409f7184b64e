import type { DowngradeAction } from "../../../etcd/client.ts";
import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import type { google, machine } from "../../../proto/index.ts";
import { askEtcd, type EtcdHost } from "./local.ts";

/** The first etcd that can make its data readable for its predecessor's sake. */
const oldestVersion = { major: 3, minor: 5 } as const;

/** MachineService/EtcdDowngradeValidate: whether the cluster's data could be made readable for an older etcd. */
export const etcdDowngradeValidate = (
  host: EtcdHost,
  { version }: machine.EtcdDowngradeValidateRequest,
  call: Call,
): Promise<machine.EtcdDowngradeValidateResponse.$Properties> => downgrade(host, "validate", version, call);

/** MachineService/EtcdDowngradeEnable: the cluster prepares its data; older members may replace the present ones then. */
export const etcdDowngradeEnable = (
  host: EtcdHost,
  { version }: machine.EtcdDowngradeEnableRequest,
  call: Call,
): Promise<machine.EtcdDowngradeEnableResponse.$Properties> => downgrade(host, "enable", version, call);

/** MachineService/EtcdDowngradeCancel. */
export const etcdDowngradeCancel = (
  host: EtcdHost,
  _: google.protobuf.Empty,
  call: Call,
): Promise<machine.EtcdDowngradeCancelResponse.$Properties> => downgrade(host, "cancel", "", call);

async function downgrade(host: EtcdHost, action: DowngradeAction, version: string, { signal }: Call) {
  if (action !== "cancel") checkVersion(version);
  const what = `etcd downgrade ${action}`;
  const cluster_version = await askEtcd(host, what, (etcd) => etcd.downgrade(action, version, { signal }));
  return { messages: [{ cluster_downgrade: { cluster_version } }] };
}

function checkVersion(version: string): void {
  const [, major, minor] = /^(\d{1,5})\.(\d{1,5})$/.exec(version)?.map(Number) ?? [];
  if (major === undefined || minor === undefined) {
    throw new StatusError(Code.invalidArgument, `"${version}" is no version to go back to: expected MAJOR.MINOR`);
  }
  const { major: oldest, minor: oldestMinor } = oldestVersion;
  if (major < oldest || (major === oldest && minor < oldestMinor)) {
    throw new StatusError(Code.invalidArgument, `etcd goes back to ${oldest}.${oldestMinor} at most`);
  }
}
