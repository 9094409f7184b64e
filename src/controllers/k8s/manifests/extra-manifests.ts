import { Backoff, type BackoffOptions } from "../../../async/backoff.ts";
import { defineController } from "../../../cosi/controller.ts";
import type { Document } from "../../../resources/fields/struct.ts";
import { ExtraManifestsConfig } from "../../../resources/k8s/extra-manifests-config.ts";
import { Manifest } from "../../../resources/k8s/manifest.ts";
import { NetworkStatus } from "../../../resources/network/network-status.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { diagnose } from "./diagnose.ts";
import { download } from "./download.ts";
import { keepOnly } from "./keep-only.ts";
import { readObjects } from "./read-objects.ts";

const name = "k8s.ExtraManifestController";
const usualBackoff: BackoffOptions = { initialMs: 500, maximumMs: 60_000 };

type ExtraManifest = ExtraManifestsConfig["extraManifests"][number];

/**
 * Writes the manifests that the configuration adds: those that it holds, and those that it names by URL. What was
 * fetched is not fetched again while the configuration asks for the same. One that is broken holds up no other.
 */
export function extraManifestController({ backoff: pauses = usualBackoff } = {}) {
  const backoff = new Backoff(pauses);
  let fetched: ReadonlyMap<string, readonly Document[]> = new Map();
  return defineController({
    name,
    inputs: [
      { kind: ExtraManifestsConfig, id: "extra-manifests", strength: "weak" },
      { kind: NetworkStatus, id: "status", strength: "weak" },
    ],
    outputs: [
      { kind: Manifest, sharing: "shared" },
      { kind: Diagnostic, sharing: "shared" },
    ],
    async reconcile(context) {
      const { extraManifests = [] } = (await context.get(ExtraManifestsConfig, "extra-manifests"))?.spec ?? {};
      const network = (await context.get(NetworkStatus, "status"))?.spec;
      const isOnline = network?.addressReady === true && network.connectivityReady;
      const troubles = new Map<string, unknown[]>();
      // What the configuration asks for still; the network may be away for now.
      const asked = new Set(extraManifests.map(keyOf));
      const known = new Map([...fetched].filter(([key]) => asked.has(key)));
      const take = async (manifest: ExtraManifest) => {
        const id = `${manifest.priority}-${manifest.name}`;
        try {
          const objects = await objectsOf(manifest, fetched, context.signal);
          if (manifest.url !== "") known.set(keyOf(manifest), objects);
          await context.put(Manifest, id, objects);
        } catch (thrown) {
          troubles.set(id, [thrown]);
        }
      };
      // Those of the configuration itself need no network.
      await Promise.all(extraManifests.filter(({ url }) => isOnline || url === "").map(take));
      if (context.signal.aborted) return;
      fetched = known;
      await keepOnly(context, name, new Set(extraManifests.map((one) => `${one.priority}-${one.name}`)));
      await diagnose(context, name, troubles);
      if (troubles.size === 0) backoff.reset();
      else context.requeueAfter(backoff.next());
    },
  });
}

/** What makes two wishes the same. */
const keyOf = ({ url, extraHeaders }: ExtraManifest): string => JSON.stringify([url, extraHeaders]);

async function objectsOf(
  manifest: ExtraManifest,
  fetched: ReadonlyMap<string, readonly Document[]>,
  signal: AbortSignal,
): Promise<readonly Document[]> {
  const { url, extraHeaders: headers, inlineManifest } = manifest;
  if (url === "") return readObjects(inlineManifest, manifest.name);
  return fetched.get(keyOf(manifest)) ?? readObjects(await download({ url, headers }, signal), url);
}
