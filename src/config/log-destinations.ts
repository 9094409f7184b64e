import { documentsOf, type MachineConfig } from "./machine-config.ts";

/** A collector of logs. */
export interface LogDestination {
  /** `tcp://host:port` or `udp://host:port`. */
  readonly url: string;
  /** Added to every message. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Where the logs of services go. */
export const serviceLogDestinations = ({ machine }: MachineConfig): LogDestination[] =>
  machine.logging.destinations.flatMap(({ endpoint, extraTags }) =>
    endpoint === undefined ? [] : [{ url: endpoint, tags: definedTags(extraTags) }],
  );

/** Where the kernel's log goes. */
export const kernelLogUrls = (config: MachineConfig): string[] =>
  documentsOf(config, "KmsgLogConfig").flatMap(({ url }) => (url === undefined ? [] : [url]));

const definedTags = (tags: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
