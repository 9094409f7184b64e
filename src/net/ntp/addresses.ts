import { resolveHost } from "../resolve-host.ts";

/** Pools answer with some of many: more are no help, and each silent one takes its time. */
const mostAddresses = 4;

/** The addresses of a time server, those first that the machine reaches best. @throws Failure when it has none. */
export const serverAddresses = async (server: string, signal: AbortSignal): Promise<readonly string[]> =>
  (await resolveHost(server, signal)).slice(0, mostAddresses);
