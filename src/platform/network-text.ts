import { readYaml, toPlain } from "../config/yaml.ts";
import { messageOf } from "../errors/message.ts";
import type { YamlValue } from "../resources/fields/codec.ts";
import { PlatformConfig } from "../resources/network/platform-config.ts";

/** What somebody wrote about a machine's network, in the form that PlatformConfig is shown in. */
export interface NetworkText {
  readonly config: PlatformConfig;
  /** What of it is left out, since it makes no sense. */
  readonly problems: readonly string[];
}

/** Reads META's value 0x0a, or the cache of an earlier boot. One thing that makes no sense does not take the others along. */
export function readNetworkText(text: string): NetworkText {
  const { documents, problems: syntax } = readYaml(text);
  const problems = syntax.map(({ message, line, column }) => `${line}:${column}: ${message}`);
  const value = documents[0] === undefined ? {} : (toPlain(documents[0]) as YamlValue);
  const onUnknown = (path: string) => void problems.push(`there is no field ${path}`);
  let config = PlatformConfig.fromYaml({});
  for (const part of partsOf(value)) {
    try {
      const read = PlatformConfig.fromYaml(part.value, { onUnknown });
      config = { ...config, ...join(config, read, part.field) };
    } catch (thrown) {
      problems.push(messageOf(thrown).replaceAll(`${part.field}[0]`, part.place));
    }
  }
  return { config, problems };
}

interface Part {
  readonly field: string;
  /** `links[3]` */
  readonly place: string;
  /** A whole document that has nothing but this. */
  readonly value: YamlValue;
}

/** Each item of each list on its own. */
function partsOf(value: YamlValue): Part[] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return value === null ? [] : [{ field: "", place: "", value }];
  return Object.entries(value).flatMap(([field, inner]) => {
    if (!Array.isArray(inner)) return { field, place: field, value: { [field]: inner } };
    return inner.map((item: YamlValue, index) => ({ field, place: `${field}[${index}]`, value: { [field]: [item] } }));
  });
}

/** The field of both, one after the other if it is a list. */
function join(before: PlatformConfig, read: PlatformConfig, field: string): Partial<PlatformConfig> {
  const [old, added]: unknown[] = [Reflect.get(before, field), Reflect.get(read, field)];
  if (added === undefined) return {};
  return { [field]: Array.isArray(old) && Array.isArray(added) ? [...old, ...added] : added };
}
