import { Failure } from "../../errors/failure.ts";
import type { Target } from "../../grpc/target.ts";
import type { Context } from "../../talosconfig/talosconfig.ts";
import type { GlobalFlags } from "../global-flags.ts";
import { Client } from "./client.ts";
import { parseEndpoint } from "./endpoint.ts";

export interface OpenOptions {
  /** Talk to machines that have no config yet: no certificates on either side. */
  readonly insecure?: boolean;
  /** Keys of the machine to insist on when insecure: base64 of SHA-256. */
  readonly fingerprints?: readonly string[];
  /** Whether it takes a node; without any, calls are about the endpoint. */
  readonly nodesNeeded?: boolean;
  /** Told when an answer takes its time. */
  notice?(line: string): void;
}

/**
 * A client for the nodes and endpoints that flags and talosconfig name. Endpoints are tried in turn.
 * @throws Failure saying which of the two is missing, and how to give it.
 */
export async function openClient(
  global: GlobalFlags,
  { insecure = false, fingerprints = [], nodesNeeded = true, notice = () => undefined }: OpenOptions = {},
): Promise<Client> {
  const [{ connect }, { methods }] = await Promise.all([
    import("../../grpc/client/connect.ts"),
    import("../../proto/methods.ts"),
  ]);
  if (insecure) {
    // Such a machine passes nothing on: every node is its own endpoint.
    const [node, ...others] = global.nodes;
    if (node === undefined) {
      throw new Failure("Cannot tell which machine is meant: --insecure does not look into the client configuration", {
        hint: "Name its address with -n",
      });
    }
    if (others.length > 0) {
      throw new Failure("Cannot reach several machines at once with --insecure: nobody passes the command on", {
        hint: `Take them one by one, beginning with: -n ${node}`,
      });
    }
    const pins = fingerprints.map(fingerprint);
    const target: Target = { ...parseEndpoint(node), tls: {}, ...(pins.length > 0 && { fingerprints: pins }) };
    const standing = { roles: [], insecure: true };
    return new Client({ channel: connect({ target }), methods, nodes: [], endpoint: node, standing, notice });
  }
  const { context, name, path } = await currentContext(global);
  const endpoints = endpointsOf(global, context);
  if (endpoints.length === 0) throw noEndpoints(name, path);
  const nodes = global.nodes.length > 0 ? global.nodes : context.nodes;
  if (nodes.length === 0 && nodesNeeded) throw noNodes();
  const { tls, roles } = await identityOf(context).catch((cause) => {
    const hint = "Take it anew from where it was made, or make another with: talosctl gen config";
    throw new Failure(`Cannot use context "${name}" of "${path}"`, { cause, hint });
  });
  const target = endpoints.map((endpoint): Target => ({ ...parseEndpoint(endpoint), tls }));
  const channel = connect({ target, ...(global.cluster !== undefined && { metadata: { cluster: global.cluster } }) });
  return new Client({
    channel,
    methods,
    nodes,
    endpoint: nodes[0] ?? endpoints[0] ?? "",
    standing: { roles, insecure: false },
    notice,
  });
}

/** A SHA-256 in base64, as consoles of machines show it. @throws Failure when it is something else. */
function fingerprint(text: string): string {
  if (Buffer.from(text, "base64").length === 32) return Buffer.from(text, "base64").toString("base64");
  throw new Failure(`Cannot use "${text}" as a fingerprint: expected a SHA-256 in base64, of 44 characters`, {
    hint: "The machine's console shows it",
  });
}

/** How a context proves itself, and what that entitles it to. @throws Failure naming the field that is wrong. */
async function identityOf(context: Context) {
  const { clientCertificateOf, credentialsOf } = await import("../../talosconfig/certificate.ts");
  const { ca, certificate, key } = credentialsOf(context);
  return { tls: { certificate, key, authorities: [ca] }, roles: clientCertificateOf(context)?.roles ?? [] };
}

/** Where the machines are reached, as flags and the file say. */
export const contextEndpoints = async (global: GlobalFlags): Promise<readonly string[]> =>
  endpointsOf(global, (await currentContext(global)).context);

const endpointsOf = ({ endpoints }: GlobalFlags, context: Context): readonly string[] =>
  endpoints.length > 0 ? endpoints : context.endpoints;

/** The context that flags and the file agree on. */
export async function currentContext(
  global: GlobalFlags,
): Promise<{ readonly context: Context; readonly name: string; readonly path: string }> {
  const [{ talosconfigPath }, { readTalosconfig }] = await Promise.all([
    import("../../talosconfig/location.ts"),
    import("../../talosconfig/file.ts"),
  ]);
  const path = talosconfigPath({ flag: global.talosconfig });
  const config = await readTalosconfig(path);
  const name = global.context ?? config.context;
  const context = config.contexts.get(name);
  if (context !== undefined) return { context, name, path };
  const names = [...config.contexts.keys()].join(", ");
  if (name === "")
    throw new Failure(`Cannot choose a context: "${path}" has no current one`, {
      hint: `It has ${names || "none at all"}`,
    });
  throw new Failure(`Cannot use context "${name}": "${path}" has none of that name`, {
    hint: names === "" ? "It has none at all" : `It has ${names}`,
  });
}

const noNodes = () =>
  new Failure("Cannot tell which machines are meant: no nodes are set", {
    hint: "Name them with --nodes, or once and for all with: talosctl config node <address>…",
  });

const noEndpoints = (context: string, path: string) =>
  new Failure(`Cannot reach the cluster: context "${context}" of "${path}" has no endpoints`, {
    hint: "Name them with --endpoints, or once and for all with: talosctl config endpoint <address>…",
  });
