import type { MachineConfig } from "../../config/index.ts";
import { toYaml } from "../../config/yaml-text.ts";
import { defineController } from "../../cosi/controller.ts";
import { DeviceConfigSpec } from "../../resources/network/device-config-spec.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { namesOf } from "./wanted/world.ts";

/** Shows which entry of `machine.network.interfaces` is about which link: `eth0/000`, `eth0/001/002`. */
export const deviceConfigController = () =>
  defineController({
    name: "network.DeviceConfigController",
    inputs: [activeConfigInput, { kind: LinkStatus, strength: "weak" }],
    outputs: [{ kind: DeviceConfigSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const names = namesOf(new Map((await context.list(LinkStatus)).map(({ metadata, spec }) => [metadata.id, spec])));
      for (const [index, entry] of config.machine.network.interfaces.entries()) {
        const found = entry.interface === undefined ? names.select(entry.deviceSelector ?? {}) : [entry.interface];
        for (const [place, link] of found.entries()) {
          const id = `${link}/${padded(index)}${found.length > 1 ? `/${padded(place)}` : ""}`;
          await context.put(DeviceConfigSpec, id, { yaml: new TextEncoder().encode(yamlOf(entry, link)) });
        }
      }
    },
  });

type Entry = MachineConfig["machine"]["network"]["interfaces"][number];

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
