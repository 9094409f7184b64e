import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { Backoff, type BackoffOptions } from "../../async/backoff.ts";
import { fromBase64 } from "../../bytes/base64.ts";
import type { MachineConfig as ParsedConfig } from "../../config/index.ts";
import { parseMachineConfig } from "../../config/parse.ts";
import { ConfigFailure } from "../../config/problem.ts";
import { defineController } from "../../cosi/controller.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

const ATTEMPT_TIMEOUT_MS = 180_000;
const LIMIT_BYTES = 4 * 1_024 * 1_024;

const slowly: BackoffOptions = { initialMs: 1_000, maximumMs: 60_000 };

export interface AcquireOptions {
  readonly url: string | undefined;
  /** Base64 of the config, plain, gzip or zstd. */
  readonly inline: string | undefined;
  /** Puts the config in force. */
  readonly onConfig: (config: ParsedConfig, source: "platform" | "inline") => Promise<void>;
  /** Pauses between tries. */
  readonly retry?: BackoffOptions;
  /** Told when no config could be had or it was bad, for the event stream. */
  readonly onProblem?: (kind: "load" | "validation", message: string) => void;
}

/**
 * Gets the machine's config: from the kernel's arguments, or over the network as soon as there is one. A config that
 * cannot be had or is bad is told on the console with what to do, and asked for again, ever more rarely: whoever
 * repairs it need not visit the machine.
 */
export const acquireController = ({ url, inline, onConfig, retry = slowly, onProblem = () => {} }: AcquireOptions) => {
  const backoff = new Backoff(retry);
  let lastProblem = "";
  return defineController({
    name: "config.AcquireController",
    inputs: [activeConfigInput, { kind: NetworkStatus, strength: "weak" }],
    outputs: [],
    async reconcile(context) {
      if ((await activeConfig(context)) !== undefined) return;
      const network = await context.get(NetworkStatus, "status");
      if (inline === undefined && network?.spec.addressReady !== true) return;
      try {
        const source = inline === undefined ? url : "talos.config.inline";
        if (source === undefined) return say("Cannot configure the machine: no config was named", NO_SOURCE);
        const text = inline === undefined ? await download(source, context.signal) : decodeInline(inline);
        const shown = inline === undefined ? placeOf(source) : source;
        const config = parseMachineConfig(text, { file: shown });
        for (const warning of config.warnings) context.log("warn", `${shown}:${warning.line}: ${warning.message}`);
        await onConfig(config, inline === undefined ? "platform" : "inline");
        context.log("info", `machine configuration loaded from ${shown}`);
      } catch (thrown) {
        onProblem(thrown instanceof ConfigFailure ? "validation" : "load", messageOf(thrown));
        const waitMs = backoff.next();
        say(messageOf(thrown), thrown instanceof Failure ? (thrown.hint ?? "") : "");
        context.log("debug", `next try in ${Math.round(waitMs / 1_000)} s`);
        context.requeueAfter(waitMs);
      }

      function say(problem: string, hint: string): void {
        // Repeated failures are told once, or the console would show nothing else.
        if (problem === lastProblem) return;
        lastProblem = problem;
        context.log("error", hint === "" ? problem : `${problem}. ${hint}`);
      }
    },
  });
};

const NO_SOURCE = "Add talos.config=<url> to the kernel command line";

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

async function download(url: string, signal: AbortSignal): Promise<string> {
  const hint = "Check that the server of talos.config= can be reached from here; it is asked again until it answers";
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]) });
  } catch (cause) {
    throw new Failure(`Cannot fetch the machine configuration from ${placeOf(url)}`, { cause, hint });
  }
  if (!response.ok) {
    throw new Failure(`Cannot fetch the machine configuration from ${placeOf(url)}: HTTP status ${response.status}`, {
      hint,
    });
  }
  return decompress(await readLimited(response, url));
}

async function readLimited(response: Response, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LIMIT_BYTES) throw new Failure(`Cannot use ${placeOf(url)} as machine configuration: it is over 4 MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decodeInline(inline: string): string {
  return decompress(fromBase64(inline));
}

/** Config text as it is, or in gzip's or zstd's form; a few bytes of those can stand for more than the memory holds. */
function decompress(bytes: Uint8Array): string {
  const options = { maxOutputLength: LIMIT_BYTES };
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, options).toString();
    if (bytes[0] === 0x28 && bytes[1] === 0xb5) return zstdDecompressSync(bytes, options).toString();
  } catch (cause) {
    throw new Failure("Cannot decompress the machine configuration", {
      cause,
      hint: "it may be plain YAML, or that in the form of gzip or zstd, and 4 MiB long",
    });
  }
  return new TextDecoder().decode(bytes);
}
