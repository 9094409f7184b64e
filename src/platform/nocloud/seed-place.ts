import type { KernelArguments } from "../kernel-arguments.ts";

/** Where a NoCloud machine finds its seed, and what is known of it before it is read. */
export interface SeedPlace {
  /** Ends with a slash; undefined: on the volume `cidata`. */
  readonly url: string | undefined;
  readonly hostname: string | undefined;
  readonly instanceId: string | undefined;
}

/** What a machine is told that is told nothing. */
const volume: SeedPlace = { url: undefined, hostname: undefined, instanceId: undefined };

/**
 * Reads `ds=nocloud;s=http://10.0.0.1/;h=name;i=id`, as the kernel argument `ds=` or as the serial number that the
 * firmware tells, https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html. The argument wins.
 */
export function seedPlaceOf(args: KernelArguments, serialNumber: string): SeedPlace {
  const argument = args.last("ds");
  return parse(argument === undefined ? "" : `ds=${argument}`) ?? parse(serialNumber) ?? volume;
}

function parse(text: string): SeedPlace | undefined {
  const said = new Map(
    text.split(";").map((part) => {
      const [, key = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(part) ?? [];
      return [key, value] as const;
    }),
  );
  const source = said.get("ds");
  if (source !== "nocloud" && source !== "nocloud-net") return undefined;
  const [hostname, instanceId] = [said.get("h"), said.get("i")];
  return { url: urlOf(said.get("s") ?? ""), hostname: hostname || undefined, instanceId: instanceId || undefined };
}

function urlOf(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  return text.endsWith("/") ? text : `${text}/`;
}
