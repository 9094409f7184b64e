import { readFileSync } from "node:fs";
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { readYaml, toPlain, toYaml } from "../config/yaml.ts";
import { Failure } from "../errors/failure.ts";
import type { KubeAccess } from "./access.ts";
import { isRecord } from "./object.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface AccessOptions {
  /** Default: the current one. */
  readonly context?: string;
  /** Reads the files that it refers to, such as the kubelet's certificate. */
  readonly read?: (path: string) => string;
}

/**
 * What a kubeconfig says of one cluster and one user.
 * @throws Failure naming what is missing. No secret is quoted.
 */
export function accessOf(kubeconfig: string, options: AccessOptions = {}): KubeAccess {
  const { read = (path) => readFileSync(path, "utf8") } = options;
  const config = documentOf(kubeconfig);
  const name = options.context ?? config["current-context"];
  const context = entry(config, "contexts", "context", name);
  const cluster = entry(config, "clusters", "cluster", context.cluster);
  const user = entry(config, "users", "user", context.user);
  const { server } = cluster;
  if (typeof server !== "string" || URL.parse(server)?.protocol !== "https:") {
    throw problem(`the server of cluster "${context.cluster}" is no https:// URL`);
  }
  const certificate = pemOf(user, "client-certificate", read);
  const key = pemOf(user, "client-key", read);
  const token = tokenOf(user, read);
  return {
    server: server.replace(/\/+$/, ""),
    ca: pemOf(cluster, "certificate-authority", read) ?? "",
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(token !== undefined && { token }),
  };
}

export interface KubeconfigNames {
  readonly cluster: string;
  readonly user: string;
  /** Default: `user@cluster`. */
  readonly context?: string;
  /** Where commands go that name none. */
  readonly namespace?: string;
}

/** A kubeconfig of one context, everything inside. It may hold a key: keep it from others. */
export function kubeconfigOf(access: KubeAccess, names: KubeconfigNames): string {
  const { cluster, user, context = `${user}@${cluster}`, namespace } = names;
  const { server, ca, certificate, key, token } = access;
  return toYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: cluster, cluster: { server, ...(ca !== "" && { "certificate-authority-data": toBase64(ca) }) } },
    ],
    contexts: [{ name: context, context: { cluster, ...(namespace !== undefined && { namespace }), user } }],
    "current-context": context,
    preferences: {},
    users: [
      {
        name: user,
        user: {
          ...(certificate !== undefined && { "client-certificate-data": toBase64(certificate) }),
          ...(key !== undefined && { "client-key-data": toBase64(key) }),
          ...(token !== undefined && { token }),
        },
      },
    ],
  });
}

function documentOf(kubeconfig: string): Fields {
  const { documents, problems } = readYaml(kubeconfig);
  const [wrong] = problems;
  if (wrong !== undefined) throw problem(`line ${wrong.line}, column ${wrong.column}: ${wrong.message}`);
  const config = documents[0] === undefined ? undefined : toPlain(documents[0]);
  if (!isRecord(config)) throw problem("it is no map");
  return config;
}

/** One of a kubeconfig's lists of `{ name, <what>: {…} }`. */
function entry(config: Fields, list: string, what: string, name: unknown): Fields {
  if (typeof name !== "string" || name === "") throw problem(`it names no ${what}`);
  const entries = Array.isArray(config[list]) ? config[list] : [];
  const found: unknown = entries.find((candidate) => isRecord(candidate) && candidate.name === name);
  const fields = isRecord(found) ? found[what] : undefined;
  if (!isRecord(fields)) throw problem(`it has no ${what} "${name}"`);
  return fields;
}

/** `<field>-data` holds the text itself, in base64; `<field>` the path of a file. */
function pemOf(fields: Fields, field: string, read: (path: string) => string): string | undefined {
  const data = fields[`${field}-data`];
  if (typeof data === "string" && data !== "") return Buffer.from(fromBase64(data)).toString("utf8");
  return fileOf(fields[field], read);
}

function tokenOf(user: Fields, read: (path: string) => string): string | undefined {
  if (typeof user.token === "string" && user.token !== "") return user.token;
  return fileOf(user.tokenFile, read)?.trim();
}

function fileOf(path: unknown, read: (path: string) => string): string | undefined {
  if (typeof path !== "string" || path === "") return undefined;
  try {
    return read(path);
  } catch (cause) {
    throw new Failure(`Cannot read "${path}", which a kubeconfig refers to`, { cause });
  }
}

const problem = (what: string) => new Failure(`Cannot use a kubeconfig: ${what}`);
