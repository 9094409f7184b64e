import { OneAtATime } from "../../../async/one-at-a-time.ts";
import { generateConfig } from "../../../config/generate/config.ts";
import { generateSecrets, type Secrets } from "../../../config/generate/secrets.ts";
import { secretsOfConfig } from "../../../config/generate/secrets-of-config.ts";
import { parseMachineConfig } from "../../../config/index.ts";
import { applyPatches } from "../../../config/patch.ts";
import { activeConfig } from "../../../controllers/active-config.ts";
import { claimedRoles } from "../../../grpc/authorize.ts";
import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { machine as proto } from "../../../proto/index.ts";
import { createContext } from "../../../talosconfig/certificate.ts";
import { formatTalosconfig } from "../../../talosconfig/format.ts";
import type { Machine } from "../../machine.ts";
import { wishes } from "./wishes.ts";

type Request = proto.GenerateConfigurationRequest;
const { TYPE_INIT, TYPE_CONTROL_PLANE, TYPE_WORKER } = proto.MachineConfig.MachineType;

/** Keys of RSA take seconds of a processor, and strangers may ask for them. */
const turns = new OneAtATime();
const mostWaiting = 2;

/**
 * MachineService/GenerateConfiguration: a config for this machine, made by a few answers of the person who installs it,
 * and the client configuration that goes with it. Further machines of a cluster share the secrets of the first.
 */
export async function generateConfiguration(
  { state }: Pick<Machine, "state">,
  request: Request,
  { metadata }: Pick<Call, "metadata">,
): Promise<proto.GenerateConfigurationResponse.$Properties> {
  const name = request.cluster_config?.name ?? "";
  const endpoint = request.cluster_config?.control_plane?.endpoint;
  const wanted = request.machine_config;
  if (wanted == null || endpoint === undefined) throw invalid("invalid generate request");
  if (request.config_version !== "v1alpha1") throw invalid(`unsupported config version ${request.config_version}`);
  const present = await activeConfig(state);
  // What is in force holds every secret of the cluster: a stranger may have begun to ask before it was.
  const isAdministrator = claimedRoles(metadata).has("os:admin");
  if (present !== undefined && !isAdministrator) throw new StatusError(Code.permissionDenied, "not authorized");
  if (present === undefined && wanted.type === TYPE_WORKER)
    throw invalid("join config can't be generated in the maintenance mode");
  const secrets = present === undefined ? await newSecrets() : secretsOfConfig(present);
  const config = generateConfig({
    clusterName: name,
    endpoint,
    type: typeOf(wanted.type),
    secrets,
    ...optional("kubernetesVersion", wanted.kubernetes_version.replace(/^v/, "")),
    ...optional("installDisk", wanted.install_config?.install_disk),
    ...optional("installImage", wanted.install_config?.install_image),
    ...optional("dnsDomain", request.cluster_config?.cluster_network?.dns_domain),
  });
  const patched = applyPatches(config, [{ text: wishes(request), file: "the request" }]);
  // Wrong answers are told now, with their place, and not when the config is applied.
  parseMachineConfig(patched);
  return { messages: [{ data: [Buffer.from(patched)], talosconfig: await talosconfigFor(name, endpoint, secrets) }] };
}

async function newSecrets(): Promise<Secrets> {
  if (turns.length > mostWaiting)
    throw new StatusError(Code.resourceExhausted, "Cannot make secrets: others are being made; try again later");
  return await turns.run(() => generateSecrets());
}

async function talosconfigFor(name: string, endpoint: string, secrets: Secrets): Promise<Uint8Array> {
  const { hostname } = new URL(endpoint);
  const context = await createContext({
    authority: secrets.os,
    roles: ["os:admin"],
    endpoints: [hostname.replace(/^\[|\]$/g, "")],
  });
  return Buffer.from(formatTalosconfig({ context: name, contexts: new Map([[name, context]]) }));
}

function typeOf(type: proto.MachineConfig.MachineType): "controlplane" | "worker" {
  if (type === TYPE_CONTROL_PLANE || type === TYPE_INIT) return "controlplane";
  if (type === TYPE_WORKER) return "worker";
  throw invalid(`there is no machine type ${type}`);
}

/** A setting that was made; the empty text says that it was not. */
const optional = <Name extends string>(name: Name, value: string | undefined): { readonly [N in Name]?: string } =>
  value === undefined || value === "" ? {} : ({ [name]: value } as { readonly [N in Name]: string });

const invalid = (message: string): StatusError => new StatusError(Code.invalidArgument, message);
