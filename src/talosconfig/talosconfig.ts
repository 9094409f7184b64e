/** One cluster a client can talk to. Certificates and keys are PEM in base64, as the file has them. */
export interface Context {
  /** Machines that calls are sent to; they pass them on to the nodes. */
  readonly endpoints: readonly string[];
  /** Machines that commands are about, unless told otherwise. */
  readonly nodes: readonly string[];
  readonly ca?: string;
  readonly crt?: string;
  readonly key?: string;
  /** Fields of other tools, kept when the file is rewritten. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** A client configuration file. Every operation returns a new value; no context is ever lost on the way. */
export interface Talosconfig {
  /** Name of the context in use; empty when none is. */
  readonly context: string;
  readonly contexts: ReadonlyMap<string, Context>;
}

export const emptyTalosconfig: Talosconfig = { context: "", contexts: new Map() };

/** A context that was renamed because its name was taken. */
export interface Renamed {
  readonly from: string;
  readonly to: string;
}

/**
 * Adds every context of `added`. A name that is taken by another context gets the first free of `name-1`, `name-2`, …
 * The added file's current context becomes the current one, under its new name.
 */
export function mergeTalosconfig(
  base: Talosconfig,
  added: Talosconfig,
): { readonly merged: Talosconfig; readonly renamed: readonly Renamed[] } {
  const contexts = new Map(base.contexts);
  const renamed: Renamed[] = [];
  let { context } = base;
  for (const [from, value] of added.contexts) {
    const to = freeName(contexts, from);
    contexts.set(to, value);
    if (to !== from) renamed.push({ from, to });
    if (from === added.context) context = to;
  }
  return { merged: { context, contexts }, renamed };
}

/** Adds one context, or replaces the one of this name. It becomes the current one if there is none. */
export const withContext = (config: Talosconfig, name: string, context: Context): Talosconfig => ({
  context: config.context === "" ? name : config.context,
  contexts: new Map(config.contexts).set(name, context),
});

export const withoutContext = (config: Talosconfig, name: string): Talosconfig => ({
  ...config,
  contexts: new Map([...config.contexts].filter(([other]) => other !== name)),
});

function freeName(contexts: ReadonlyMap<string, Context>, name: string): string {
  if (!contexts.has(name)) return name;
  let suffix = 1;
  while (contexts.has(`${name}-${suffix}`)) suffix += 1;
  return `${name}-${suffix}`;
}
