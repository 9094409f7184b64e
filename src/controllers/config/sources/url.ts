import { Failure } from "../../../errors/failure.ts";
import { fillUrl } from "../../../platform/config-url.ts";
import { fetchBounded } from "../../../platform/fetch-bounded.ts";
import { decodeConfig } from "./decode.ts";
import { type ConfigSource, maximumConfigBytes } from "./source.ts";

const attemptTimeoutMs = 180_000;
const hint = "Check that the server of talos.config= can be reached from here; it is asked again until it answers";

/** A config that is fetched with HTTP; `${uuid}` and the like in the URL say which machine asks. */
export const urlSource = (url: string): ConfigSource => {
  const place = placeOf(url);
  return {
    name: "platform",
    place,
    needs: "network",
    async read(facts, signal) {
      const content = await fetchBounded(fillUrl(url, facts), {
        ...{ what: "the machine configuration", place, hint, signal },
        ...{ maximumBytes: maximumConfigBytes, timeoutMs: attemptTimeoutMs },
      });
      if (content !== undefined) return decodeConfig(content);
      throw new Failure(`Cannot fetch the machine configuration from ${place}: HTTP status 404`, { hint });
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
