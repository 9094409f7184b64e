import { Failure } from "../errors/failure.ts";
import { messageOf } from "../errors/message.ts";
import type { KernelArguments } from "./kernel-arguments.ts";

/** What the machine runs on: it decides where the config comes from, and what is ours to change. */
export interface Platform {
  /** Value of `talos.platform`. */
  readonly name: string;
  readonly mode: "metal" | "cloud" | "container";
  /** Where the config is fetched from, if it was told. */
  readonly configUrl: string | undefined;
  /** The config itself, base64 of the text or of its zstd or gzip form. */
  readonly inlineConfig: string | undefined;
}

const clouds = [
  "akamai",
  "aws",
  "azure",
  "cloudstack",
  "digital-ocean",
  "equinixMetal",
  "exoscale",
  "gcp",
  "hcloud",
  "nocloud",
  "opennebula",
  "openstack",
  "oracle",
  "scaleway",
  "upcloud",
  "vmware",
  "vultr",
];

/**
 * The platform that the kernel arguments name. A container has no kernel command line of its own: its arguments come
 * from the environment variable PLATFORM and from `USERDATA`, the config itself.
 * @throws Failure naming the argument, when the platform is not known
 */
export function platformOf(
  args: KernelArguments,
  environment: Readonly<Record<string, string | undefined>> = {},
): Platform {
  const name = environment.PLATFORM ?? args.last("talos.platform") ?? "metal";
  if (name === "container") {
    const { USERDATA: inlineConfig, CONFIG_URL: configUrl } = environment;
    return { name, mode: "container", configUrl, inlineConfig };
  }
  if (name !== "metal" && !clouds.includes(name)) {
    throw new Failure(`Cannot use kernel argument talos.platform=${name}: no such platform`, {
      hint: `use metal, container, or one of ${clouds.join(", ")}`,
    });
  }
  const url = args.last("talos.config");
  return {
    name,
    mode: name === "metal" ? "metal" : "cloud",
    configUrl: url === "none" || url === "" ? undefined : url,
    inlineConfig: joined(args.all("talos.config.inline")),
  };
}

/**
 * The same, and metal when the platform is not known: a typing error in an argument must not cost the machine, because
 * without a process 1 nobody could read about it.
 */
export function platformOrMetal(
  args: KernelArguments,
  environment: Readonly<Record<string, string | undefined>>,
  onProblem: (problem: string) => void,
): Platform {
  try {
    return platformOf(args, environment);
  } catch (thrown) {
    const hint = thrown instanceof Failure && thrown.hint !== undefined ? `; ${thrown.hint}` : "";
    onProblem(`${messageOf(thrown)}${hint}. The machine goes on as metal`);
    return platformOf(args, { ...environment, PLATFORM: "metal" });
  }
}

/** A long inline config may be cut into several arguments. */
const joined = (parts: readonly string[]): string | undefined => (parts.length === 0 ? undefined : parts.join(""));
