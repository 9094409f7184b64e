import { Failure } from "../../errors/failure.ts";
import { fetchBounded } from "../fetch-bounded.ts";

/** Where the service answers: by IPv4, or where there is none by IPv6. */
const usualEndpoints = ["http://169.254.169.254", "http://[fd00:ec2::254]"] as const;

const timeoutMs = 5_000;
const maximumBytes = 4 * 1_024 * 1_024;
const tokenLifeSeconds = 300;
const [tokenHeader, tokenLifeHeader] = ["x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds"] as const;

export interface MetadataServiceOptions {
  readonly endpoints?: readonly string[];
}

/**
 * What an EC2 instance can ask about itself, version 2 of the service: each question carries a token, so that nobody
 * can have a machine ask in their name, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html
 */
export class MetadataService {
  readonly #endpoint: string;
  readonly #token: string;

  private constructor(endpoint: string, token: string) {
    this.#endpoint = endpoint;
    this.#token = token;
  }

  /** @throws Failure when none of the endpoints gives a token */
  static async open(signal: AbortSignal, { endpoints = usualEndpoints }: MetadataServiceOptions = {}) {
    const settled = new AbortController();
    const both = AbortSignal.any([signal, settled.signal]);
    try {
      return await Promise.any(endpoints.map((endpoint) => MetadataService.#openOne(endpoint, both)));
    } catch (thrown) {
      const [cause] = thrown instanceof AggregateError ? thrown.errors : [thrown];
      throw new Failure("Cannot reach the instance's metadata service", {
        cause,
        hint: "Check that the instance's metadata options allow version 2",
      });
    } finally {
      settled.abort();
    }
  }

  static async #openOne(endpoint: string, signal: AbortSignal): Promise<MetadataService> {
    const token = await fetchBounded(`${endpoint}/latest/api/token`, {
      ...{ what: "a token", place: endpoint, method: "PUT", headers: { [tokenLifeHeader]: String(tokenLifeSeconds) } },
      ...{ maximumBytes, timeoutMs, signal },
    });
    if (token === undefined) throw new Failure(`Cannot fetch a token from ${endpoint}: it knows none`);
    return new MetadataService(endpoint, new TextDecoder().decode(token).trim());
  }

  /** A value by its path, such as `instance-id`; undefined when there is none. */
  async value(path: string, signal: AbortSignal): Promise<string | undefined> {
    const bytes = await this.#get(`meta-data/${path}`, `the instance's ${path}`, signal);
    const text = new TextDecoder().decode(bytes).trim();
    return text === "" ? undefined : text;
  }

  /** The lines of a value. */
  async values(path: string, signal: AbortSignal): Promise<readonly string[]> {
    const text = (await this.value(path, signal)) ?? "";
    return text.split(/\s*\n\s*/).filter((line) => line !== "");
  }

  async userData(signal: AbortSignal): Promise<Uint8Array | undefined> {
    const bytes = await this.#get("user-data", "the instance's user data", signal);
    return bytes === undefined || isBlank(bytes) ? undefined : bytes;
  }

  async #get(path: string, what: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    return await fetchBounded(`${this.#endpoint}/latest/${path}`, {
      ...{ what, place: this.#endpoint, headers: { [tokenHeader]: this.#token } },
      ...{ maximumBytes, timeoutMs, signal },
    });
  }
}

const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
