import type { AnyField, Effect, Shape } from "./describe.ts";

/** A field at its place, with what it has from the sections around it. */
export interface PlacedField {
  /** As in `machine.network.interfaces.mtu`: lists and maps add nothing to it. */
  readonly path: string;
  readonly field: AnyField;
  readonly effect: Effect | undefined;
  readonly since: string | undefined;
}

/** The fields of a section, also when it is an item of a list or map. */
export function fieldsOf(shape: Shape): Readonly<Record<string, AnyField>> {
  if (shape.kind === "section") return shape.fields;
  return shape.kind === "list" || shape.kind === "map" ? fieldsOf(shape.of.shape) : {};
}

/** A field below another one. */
export function placed(parent: PlacedField, name: string, field: AnyField): PlacedField {
  return {
    path: parent.path === "" ? name : `${parent.path}.${name}`,
    field,
    effect: field.effect ?? parent.effect,
    since: later(parent.since, field.since),
  };
}

/** A field cannot be older than what it is in. */
function later(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left.localeCompare(right, "en", { numeric: true }) > 0 ? left : right;
}

/** A field that nothing is around. */
export const outermost = (path: string, field: AnyField): PlacedField => ({
  path,
  field,
  effect: field.effect,
  since: field.since,
});

/** Every field below one, each before those inside it. */
export function* fieldsBelow(parent: PlacedField): Generator<PlacedField> {
  for (const [name, field] of Object.entries(fieldsOf(parent.field.shape))) {
    const child = placed(parent, name, field);
    yield child;
    yield* fieldsBelow(child);
  }
}
