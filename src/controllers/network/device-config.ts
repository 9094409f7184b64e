import type { MachineConfig } from "../../config/index.ts";
import { toYaml } from "../../config/yaml-text.ts";
import { defineController } from "../../cosi/controller.ts";
import { DeviceConfigSpec } from "../../resources/network/device-config-spec.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { sameObjects } from "./same-objects.ts";
import { Troubles } from "./troubles.ts";
import { LinkIdentities } from "./wanted/link-identities.ts";
import type { LinkNames } from "./wanted/v1alpha1-devices.ts";
import { namesOf } from "./wanted/world.ts";

type Entry = MachineConfig["machine"]["network"]["interfaces"][number];
type Shown = readonly (readonly [id: string, spec: DeviceConfigSpec])[];

interface Latest {
  readonly madeOf: readonly unknown[];
  readonly shown: Shown;
  readonly unfound: ReadonlyMap<string, string>;
}

/**
 * Shows which entry of `machine.network.interfaces` is about which link: `eth0/000`, `eth0/001/002`. A selector that no
 * link fits is told when that lasts: links come a moment later than the configuration.
 */
export const deviceConfigController = () => {
  const identities = new LinkIdentities();
  const troubles = new Troubles();
  let latest: Latest | undefined;
  return defineController({
    name: "network.DeviceConfigController",
    inputs: [activeConfigInput, { kind: LinkStatus, strength: "weak" }],
    outputs: [{ kind: DeviceConfigSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const links = identities.of(await context.list(LinkStatus));
      // Links that only come up or carry packets change nothing.
      if (latest === undefined || !sameObjects(latest.madeOf, [config, links])) {
        const [{ interfaces }, names] = [config.machine.network, namesOf(links)];
        latest = { madeOf: [config, links], shown: shownOf(interfaces, names), unfound: unfoundOf(interfaces, names) };
      }
      troubles.keepOnly(new Set(latest.unfound.keys()));
      for (const [id, problem] of latest.unfound) troubles.note(context, id, { problems: [], missing: [problem] });
      for (const [id, spec] of latest.shown) await context.put(DeviceConfigSpec, id, spec);
    },
  });
};

const shownOf = (entries: readonly Entry[], names: LinkNames): Shown =>
  entries.flatMap((entry, index) => {
    const found = entry.interface === undefined ? names.select(entry.deviceSelector ?? {}) : [entry.interface];
    return found.map((link, place) => {
      const id = `${link}/${padded(index)}${found.length > 1 ? `/${padded(place)}` : ""}`;
      return [id, { yaml: new TextEncoder().encode(yamlOf(entry, link)) }] as const;
    });
  });

/** What is wrong with each selector that finds nothing, by where it is. */
function unfoundOf(entries: readonly Entry[], names: LinkNames): ReadonlyMap<string, string> {
  const selectors = entries.flatMap(({ interface: name, deviceSelector, bond }, index) => {
    const place = `machine.network.interfaces[${index}]`;
    const own = name === undefined ? [{ place: `${place}.deviceSelector`, selector: deviceSelector }] : [];
    const members = (bond?.deviceSelectors ?? []).map((selector, member) => ({
      ...{ place: `${place}.bond.deviceSelectors[${member}]`, selector },
    }));
    return [...own, ...members];
  });
  return new Map(
    selectors
      .filter(({ selector }) => names.select(selector ?? {}).length === 0)
      .map(({ place, selector = {} }) => [place, `Cannot find a link for ${place}: none has ${wordsOf(selector)}`]),
  );
}

const wordsOf = (selector: object): string =>
  Object.entries(said(selector))
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");

function yamlOf({ dhcpOptions, ...entry }: Entry, link: string): string {
  const options = said(dhcpOptions);
  const isUsual = Bun.deepEquals(options, { ipv4: true });
  return toYaml({ ...said({ ...entry, interface: link }), ...(isUsual ? {} : { dhcpOptions: options }) });
}

const padded = (index: number): string => String(index).padStart(3, "0");

/** What the owner wrote, without what was filled in for the rest: nothing, no, none and empty. */
function said(fields: object): object {
  const known = Object.entries(fields).map(([name, value]): [string, unknown] => [name, saidOf(value)]);
  return Object.fromEntries(known.filter(([, value]) => !isEmpty(value)));
}

function saidOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(saidOf);
  return typeof value === "object" && value !== null ? said(value) : value;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === false ||
  value === "" ||
  value === 0 ||
  (typeof value === "object" && value !== null && Object.keys(value).length === 0);
