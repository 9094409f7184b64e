import { Failure } from "../../../errors/failure.ts";
import { fillUrl } from "../../../platform/config-url.ts";
import { decodeConfig } from "./decode.ts";
import { type ConfigSource, maximumConfigBytes } from "./source.ts";

const attemptTimeoutMs = 180_000;

/** A config that is fetched with HTTP; `${uuid}` and the like in the URL say which machine asks. */
export const urlSource = (url: string): ConfigSource => {
  const place = placeOf(url);
  return {
    name: "platform",
    place,
    needsNetwork: true,
    async read(facts, signal) {
      const response = await request(fillUrl(url, facts), place, signal);
      return decodeConfig(await readBounded(response, place));
    },
  };
};

/**
 * What of a URL may be shown: whoever reads the log must not be able to fetch the config, and with it every secret of
 * the cluster, so only the ends are told: `http://10.0.2.2:8080/…/config.yaml`.
 */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname, search } = new URL(url);
  const elements = pathname.split("/").slice(1);
  return `${protocol}//${host}/${elements.length > 1 ? "…/" : ""}${elements.at(-1) ?? ""}${search === "" ? "" : "?…"}`;
}

async function request(url: string, place: string, signal: AbortSignal): Promise<Response> {
  const hint = "Check that the server of talos.config= can be reached from here; it is asked again until it answers";
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]) });
  } catch (cause) {
    throw new Failure(`Cannot fetch the machine configuration from ${place}`, { cause, hint });
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Failure(`Cannot fetch the machine configuration from ${place}: HTTP status ${response.status}`, { hint });
}

async function readBounded(response: Response, place: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maximumConfigBytes) throw new Failure(`Cannot use ${place} as machine configuration: it is over 4 MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
