import { isDeepStrictEqual } from "node:util";
import type { AnyField, Effect } from "../describe.ts";
import type { Change } from "./change.ts";
import { partsOf } from "./parts.ts";
import { isDefault, shown } from "./value.ts";

/** What a field inherits from those around it. */
export interface Surroundings {
  readonly path: string;
  readonly document: Change["document"];
  readonly effect: Effect;
  readonly sensitive: boolean;
  /** True within what one of the two configs does not have at all. */
  readonly added: boolean;
}

/** The changes of one field, at the deepest place where they can be named. What is added or removed whole is one. */
export function compareField(field: AnyField, before: unknown, after: unknown, outer: Surroundings): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  const isOneSided = before === undefined || after === undefined;
  // In a section that is added, only what it says counts, not the defaults that it was filled up with.
  if (outer.added && isOneSided && isDefault(field, before ?? after)) return [];
  const at: Surroundings = {
    ...outer,
    effect: field.effect ?? outer.effect,
    sensitive: outer.sensitive || field.sensitive === true,
    added: outer.added || isOneSided,
  };
  const inner = partsOf(field, before, after).flatMap((part) =>
    compareField(part.field, part.before, part.after, { ...at, path: at.path + part.name }),
  );
  const alike = new Set(inner.map(({ effect }) => effect));
  if (inner.length > 0 && (!isOneSided || alike.size > 1)) return inner;
  const [effect = at.effect] = alike;
  const { path, document, sensitive } = at;
  return [
    {
      ...{ path, document, effect },
      before: shown(field, before, sensitive),
      after: shown(field, after, sensitive),
    },
  ];
}
