import { activeConfig } from "../../../controllers/active-config.ts";
import { identityOf } from "../../../controllers/secrets/pem-pair.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { isRole, roles as knownRoles, type Role } from "../../../pki/index.ts";
import type { machine } from "../../../proto/index.ts";
import { toNumber } from "../../../proto/int64.ts";
import { OSRootSecret } from "../../../resources/secrets/os-root-secret.ts";
import { createContext, credentialsOf } from "../../../talosconfig/certificate.ts";
import { formatTalosconfig } from "../../../talosconfig/format.ts";
import type { Machine } from "../../machine.ts";

/** Nothing lives longer; times beyond the year 9999 cannot even be written. */
const longestMs = 100 * 8_760 * 3_600_000;

/** MachineService/GenerateClientConfiguration: a client configuration of its own for a colleague or a program. */
export async function generateClientConfiguration(
  { state }: Pick<Machine, "state">,
  request: machine.GenerateClientConfigurationRequest,
): Promise<machine.GenerateClientConfigurationResponse.$Properties> {
  const config = await activeConfig(state);
  const root = (await state.get(OSRootSecret, "os"))?.spec;
  if (config === undefined || root === undefined) {
    throw new StatusError(Code.failedPrecondition, "the machine has no configuration yet");
  }
  if (root.issuingCA.key.length === 0) {
    throw new StatusError(
      Code.failedPrecondition,
      "client configuration (talosconfig) can't be generated on worker nodes",
    );
  }
  const validForMs = lifetimeOf(request);
  const roles = request.roles.map(checkedRole);
  const context = await createContext({ authority: identityOf(root.issuingCA), roles, validForMs });
  const name = contextName(roles, config.cluster.clusterName ?? "");
  const { ca, certificate, key } = credentialsOf(context);
  const talosconfig = formatTalosconfig({ context: name, contexts: new Map([[name, context]]) });
  return {
    messages: [
      {
        ca: Buffer.from(ca),
        crt: Buffer.from(certificate),
        key: Buffer.from(key),
        talosconfig: Buffer.from(talosconfig),
      },
    ],
  };
}

function lifetimeOf({ crt_ttl }: machine.GenerateClientConfigurationRequest): number {
  const ms = toNumber(crt_ttl?.seconds ?? 0) * 1_000 + (crt_ttl?.nanos ?? 0) / 1e6;
  if (ms <= 0) throw new StatusError(Code.invalidArgument, "crt_ttl should be positive");
  if (ms > longestMs) throw new StatusError(Code.invalidArgument, "crt_ttl should be less than a hundred years");
  return ms;
}

/** A configuration that can do less than was asked for, without a word, would be found out too late. */
function checkedRole(role: string): Role {
  if (isRole(role)) return role;
  throw new StatusError(Code.invalidArgument, `there is no role "${role}": use ${knownRoles.join(", ")}`);
}

/** `reader@cluster` says at a glance what a configuration can do; with several roles there is no short name. */
function contextName(roles: readonly Role[], cluster: string): string {
  const [role, ...others] = new Set(roles);
  return role === undefined || others.length > 0 ? cluster : `${role.replace(/^os:/, "")}@${cluster}`;
}
