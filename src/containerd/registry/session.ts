import { Backoff } from "../../async/backoff.ts";
import { pause } from "../../async/pause.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { ImageReference } from "../../oci/image-reference.ts";
import { answer } from "./authorization.ts";
import { parseChallenge } from "./challenge.ts";
import { type Registries, type RegistryEndpoint, type RegistryTls, registryEndpoints } from "./mirrors.ts";

export interface RegistryRequest {
  /** Below the repository, such as `blobs/sha256:…`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Asks the places that may have one repository's images, in their order, until one answers. */
export interface RegistrySession {
  /** A 200 or 206 response. @throws Failure telling for each place why it did not answer so */
  get(request: RegistryRequest): Promise<Response>;
}

const attemptsPerEndpoint = 3;
const answersWithinMs = 60_000;

/** Not there, or not for us: asking again changes nothing, another place may have it. */
class Refusal extends Failure {}

export function registrySession(reference: ImageReference, registries: Registries): RegistrySession {
  const endpoints = registryEndpoints(reference.registry, registries).map((endpoint) =>
    endpointSession(endpoint, reference.repository, registries),
  );
  return {
    async get(request) {
      const reasons: string[] = [];
      for (const endpoint of endpoints) {
        try {
          return await endpoint.get(request);
        } catch (error) {
          if (request.signal?.aborted) throw error;
          reasons.push(messageOf(error));
        }
      }
      throw new Failure(`Cannot fetch ${reference.repository}/${request.path}: ${reasons.join("; ")}`);
    },
  };
}

function endpointSession(endpoint: RegistryEndpoint, repository: string, registries: Registries): RegistrySession {
  const auth = registries.auths[endpoint.host];
  const tls = tlsOptions(registries.tls[endpoint.host]);
  let authorization: string | undefined;

  async function once({ path, headers = {}, signal }: RegistryRequest): Promise<Response> {
    const url = new URL(`${endpoint.root}/${repository}/${path}`);
    if (endpoint.onBehalfOf !== undefined) url.searchParams.set("ns", endpoint.onBehalfOf);
    const send = () =>
      headersWithin(answersWithinMs, signal, (within) => {
        const authorized = authorization === undefined ? headers : { ...headers, authorization };
        return fetch(url, { headers: authorized, signal: within, ...tls });
      });

    let response = await send();
    if (response.status === 401) {
      const challenge = parseChallenge(response.headers.get("www-authenticate") ?? "");
      await response.body?.cancel();
      authorization = challenge === undefined ? undefined : await answer(challenge, auth);
      if (authorization === undefined) throw new Refusal(`${endpoint.root}: it wants credentials`);
      response = await send();
    }
    if (response.ok) return response;
    await response.body?.cancel();
    const passing = response.status >= 500 || response.status === 429;
    throw new (passing ? Failure : Refusal)(`${endpoint.root}: the answer is ${response.status}`);
  }

  return {
    async get(request) {
      const backoff = new Backoff({ initialMs: 250, maximumMs: 4_000 });
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(request);
        } catch (error) {
          if (error instanceof Refusal || attempt === attemptsPerEndpoint || request.signal?.aborted) {
            throw error instanceof Failure ? error : new Failure(`${endpoint.root}: ${messageOf(error)}`);
          }
          await pause(backoff.next(), request.signal);
        }
      }
    },
  };
}

/** Limits the time until the headers are there; the body takes as long as it takes. */
async function headersWithin(
  ms: number,
  outer: AbortSignal | undefined,
  send: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new Failure(`no answer within ${ms / 1_000} s`)), ms);
  try {
    return await send(outer === undefined ? timeout.signal : AbortSignal.any([outer, timeout.signal]));
  } finally {
    clearTimeout(timer);
  }
}

function tlsOptions(settings: RegistryTls | undefined): BunFetchRequestInit {
  if (settings === undefined) return {};
  const { ca, clientCertificate, clientKey, insecureSkipVerify = false } = settings;
  return {
    tls: {
      rejectUnauthorized: !insecureSkipVerify,
      ...(ca === undefined ? {} : { ca }),
      ...(clientCertificate === undefined ? {} : { cert: clientCertificate }),
      ...(clientKey === undefined ? {} : { key: clientKey }),
    },
  };
}
