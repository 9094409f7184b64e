import { Failure } from "../errors/failure.ts";
import { isKubeError } from "./kube-error.ts";
import { describeObject, isRecord, type KubeObject } from "./object.ts";

/** Where the objects of a kind are found. */
export interface KindPlace {
  /** `/api/v1`, `/apis/apps/v1`. */
  readonly root: string;
  /** Plural, as in paths: `daemonsets`. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** The server does not know such objects: a mistake, or a definition that is not there yet. */
export class UnknownKind extends Failure {
  override readonly name = "UnknownKind";
}

/** Learns the paths of kinds from the server, a group and version at a time, and remembers them. */
export class Discovery {
  readonly #get: (path: string, signal?: AbortSignal) => Promise<unknown>;
  readonly #known = new Map<string, ReadonlyMap<string, KindPlace>>();

  constructor(get: (path: string, signal?: AbortSignal) => Promise<unknown>) {
    this.#get = get;
  }

  /** @throws UnknownKind when the server has no such kind, after having asked it */
  async placeOf(object: KubeObject, signal?: AbortSignal): Promise<KindPlace> {
    const { apiVersion, kind } = object;
    if (!apiVersion || !kind) throw new Failure(`Cannot find ${describeObject(object)}: it has no apiVersion or kind`);
    const known = this.#known.get(apiVersion)?.get(kind);
    if (known !== undefined) return known;
    // Asked again even if the group is known: kinds are added while the server runs.
    const kinds = await this.#ask(apiVersion, signal);
    this.#known.set(apiVersion, kinds);
    const place = kinds.get(kind);
    if (place !== undefined) return place;
    throw new UnknownKind(`Cannot find ${describeObject(object)}: the cluster has no kind ${kind} in ${apiVersion}`, {
      hint: "Is its CustomResourceDefinition installed, and the version right?",
    });
  }

  /** Takes the paths of a kind from its definition: the server tells of them only seconds after it serves them. */
  learn(definition: KubeObject): void {
    const { group, scope, names, versions } = (definition as Definition).spec ?? {};
    const { kind, plural } = names ?? {};
    if (!group || !kind || !plural) return;
    for (const { name } of versions ?? []) {
      const place = { root: `/apis/${group}/${name}`, resource: plural, namespaced: scope === "Namespaced" };
      const known = this.#known.get(`${group}/${name}`) ?? [];
      this.#known.set(`${group}/${name}`, new Map([...known, [kind, place]]));
    }
  }

  async #ask(apiVersion: string, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, KindPlace>> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const list = await this.#get(root, signal).catch((thrown: unknown) => {
      if (isKubeError(thrown, 404)) return undefined;
      throw thrown;
    });
    const resources = isRecord(list) && Array.isArray(list.resources) ? list.resources : [];
    const kinds = new Map<string, KindPlace>();
    for (const resource of resources) {
      if (!isRecord(resource)) continue;
      const { name, kind, namespaced } = resource;
      // Parts such as `pods/status` have the kind of what they are part of.
      if (typeof name !== "string" || typeof kind !== "string" || name.includes("/")) continue;
      kinds.set(kind, { root, resource: name, namespaced: namespaced === true });
    }
    return kinds;
  }
}

/** What a CustomResourceDefinition says. */
interface Definition extends KubeObject {
  readonly spec?: {
    readonly group?: string;
    readonly scope?: string;
    readonly names?: { readonly kind?: string; readonly plural?: string };
    readonly versions?: readonly { readonly name?: string }[];
  };
}

/** The path of the objects of a kind, in a namespace where they have one. */
export function collectionPath({ root, resource, namespaced }: KindPlace, namespace = "default"): string {
  return namespaced ? `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}` : `${root}/${resource}`;
}
