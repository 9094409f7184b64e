import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { cosi } from "../../proto/index.ts";
import type { LabelQuery, LabelTerm } from "../label-query.ts";
import type { Selection } from "../state.ts";
import { checkPattern } from "./pattern.ts";

const { Operation } = cosi.resource.LabelTerm;

const operationOf = {
  exists: Operation.EXISTS,
  equal: Operation.EQUAL,
  in: Operation.IN,
  lt: Operation.LT,
  lte: Operation.LTE,
  ltNumeric: Operation.LT_NUMERIC,
  lteNumeric: Operation.LTE_NUMERIC,
} as const satisfies Record<LabelTerm["op"], number>;

const opOf = new Map(Object.entries(operationOf).map(([op, number]) => [number, op as LabelTerm["op"]]));

/** How List and Watch ask for some of the resources of a kind. */
export interface SelectionMessage {
  readonly label_query?: readonly cosi.resource.LabelQuery.$Properties[] | null;
  readonly id_query?: cosi.resource.IDQuery.$Properties | null;
}

export function encodeSelection({ labels, ids }: Selection): {
  label_query?: cosi.resource.LabelQuery.$Properties[];
  id_query?: cosi.resource.IDQuery.$Properties;
} {
  return {
    ...(labels === undefined ? {} : { label_query: labels.map(encodeQuery) }),
    ...(ids === undefined ? {} : { id_query: { regexp: ids.source } }),
  };
}

/** @throws Failure for operations that we do not know, and for regular expressions that are wrong or too costly */
export function decodeSelection({ label_query, id_query }: SelectionMessage): Pick<Selection, "labels" | "ids"> {
  const regexp = id_query?.regexp ?? "";
  return {
    ...((label_query ?? []).length === 0 ? {} : { labels: (label_query ?? []).map(decodeQuery) }),
    ...(regexp === "" ? {} : { ids: patternOf(regexp) }),
  };
}

function encodeQuery(terms: LabelQuery): cosi.resource.LabelQuery.$Properties {
  return {
    terms: terms.map(({ key, op, values = [], invert = false }) => ({
      key,
      op: operationOf[op],
      value: [...values],
      invert,
    })),
  };
}

function decodeQuery({ terms }: cosi.resource.LabelQuery.$Properties): LabelQuery {
  return (terms ?? []).map(decodeTerm);
}

function decodeTerm({ key, op, value, invert }: cosi.resource.LabelTerm.$Properties): LabelTerm {
  const common = { key: key ?? "", values: value ?? [] };
  // An old spelling of "exists" turned around.
  if (op === Operation.NOT_EXISTS) return { ...common, op: "exists", invert: !(invert ?? false) };
  const known = opOf.get(op ?? Operation.EXISTS);
  if (known === undefined) throw new Failure(`Cannot select by labels: ${op} is no operation we know`);
  return { ...common, op: known, invert: invert ?? false };
}

function patternOf(source: string): RegExp {
  checkPattern(source);
  try {
    return new RegExp(source, "u");
  } catch (thrown) {
    throw new Failure(`Cannot select by ids: "${source}" is no regular expression: ${messageOf(thrown)}`);
  }
}
