import { type Fetching, fetchBounded } from "../fetch-bounded.ts";
import { readVolume, type VolumeAccess } from "../volume-files.ts";
import type { SeedPlace } from "./seed-place.ts";

/** The files of a seed; those that it does not have are undefined. */
export interface Seed {
  readonly metaData: string | undefined;
  readonly networkConfig: string | undefined;
  /** Maybe compressed. */
  readonly userData: Uint8Array | undefined;
}

const [metaData, networkConfig, userData] = ["meta-data", "network-config", "user-data"] as const;
const volumeLabel = "cidata";
const maximumBytes = 4 * 1_024 * 1_024;
const timeoutMs = 60_000;

/**
 * Reads the seed; undefined when no volume holds one.
 * @throws Failure when the place is there, and cannot be read
 */
export async function readSeed(
  { url }: SeedPlace,
  access: VolumeAccess,
  signal: AbortSignal,
): Promise<Seed | undefined> {
  if (url === undefined) {
    const names = [metaData, networkConfig, userData];
    const found = await readVolume(volumeLabel, names, access);
    return found === undefined ? undefined : seedOf((name) => found.files.get(name));
  }
  const [meta, network, user] = await Promise.all(
    [metaData, networkConfig, userData].map((name) => fetchFromSeed(`${url}${name}`, `the seed's ${name}`, signal)),
  );
  return seedOf((name) => ({ [metaData]: meta, [networkConfig]: network, [userData]: user })[name]);
}

/** The machine's config in the seed, which may be elsewhere. */
export async function userDataOf({ userData }: Seed, signal: AbortSignal): Promise<Uint8Array | undefined> {
  if (userData === undefined) return undefined;
  const [firstLine = "", ...rest] = new TextDecoder().decode(userData.subarray(0, longestInclude)).split("\n");
  // What is meant for cloud-init says nothing to us.
  if (firstLine.trim() === "#cloud-config") return undefined;
  if (firstLine.trim() !== "#include") return userData.length === 0 ? undefined : userData;
  const included = rest.map((line) => line.trim()).find((line) => line !== "" && !line.startsWith("#"));
  return included === undefined ? undefined : await fetchFromSeed(included, "the seed's included user-data", signal);
}

const longestInclude = 16_384;

/** Without paths in problems: whoever knows the whole URL can fetch every secret of the cluster. */
async function fetchFromSeed(url: string, what: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const place = URL.parse(url)?.origin ?? "an address that is none";
  const hint = "Check that the server can be reached from here; it is asked again until it answers";
  const options: Fetching = { what, place, hint, maximumBytes, timeoutMs, signal };
  const content = await fetchBounded(url, options);
  return content?.length === 0 ? undefined : content;
}

function seedOf(
  file: (name: typeof metaData | typeof networkConfig | typeof userData) => Uint8Array | undefined,
): Seed {
  const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : new TextDecoder().decode(bytes));
  return { metaData: text(file(metaData)), networkConfig: text(file(networkConfig)), userData: file(userData) };
}
