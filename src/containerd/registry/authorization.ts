import { toBase64 } from "../../bytes/base64.ts";
import { Failure } from "../../errors/failure.ts";
import { readLimited } from "./body.ts";
import type { Challenge } from "./challenge.ts";
import type { RegistryAuth } from "./mirrors.ts";

const largestTokenBytes = 64 * 1024;
const tokenTimeoutMs = 30_000;

/**
 * The Authorization header that answers a challenge; undefined when it wants credentials that we have not.
 * @throws Failure when the token service refuses
 */
export async function answer(challenge: Challenge, auth: RegistryAuth | undefined): Promise<string | undefined> {
  const basic = basicOf(auth);
  if (challenge.scheme === "basic") return basic;
  const { realm, service, scope } = challenge;
  const parameters = new URLSearchParams({
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  });
  const signal = AbortSignal.timeout(tokenTimeoutMs);
  const response =
    auth?.identityToken === undefined
      ? await fetch(withQuery(realm, parameters), {
          signal,
          headers: basic === undefined ? {} : { authorization: basic },
        })
      : await fetch(realm, { signal, method: "POST", body: refresh(parameters, auth.identityToken) });
  if (!response.ok) throw new Failure(`Cannot get a token from ${realm}: the answer is ${response.status}`);
  const token = tokenOf(await readLimited(response, largestTokenBytes));
  if (token === undefined) throw new Failure(`Cannot get a token from ${realm}: the answer holds none`);
  return `Bearer ${token}`;
}

function basicOf(auth: RegistryAuth | undefined): string | undefined {
  if (auth?.auth !== undefined) return `Basic ${auth.auth}`;
  if (auth?.username === undefined) return undefined;
  return `Basic ${toBase64(`${auth.username}:${auth.password ?? ""}`)}`;
}

function withQuery(realm: string, parameters: URLSearchParams): string {
  const url = new URL(realm);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  return url.href;
}

function refresh(parameters: URLSearchParams, token: string): URLSearchParams {
  parameters.set("grant_type", "refresh_token");
  parameters.set("client_id", "machined");
  parameters.set("refresh_token", token);
  return parameters;
}

function tokenOf(body: Uint8Array): string | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    if ("token" in parsed && typeof parsed.token === "string" && parsed.token !== "") return parsed.token;
    return "access_token" in parsed && typeof parsed.access_token === "string" ? parsed.access_token : undefined;
  } catch {
    return undefined;
  }
}
