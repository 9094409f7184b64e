/** Whether Kubernetes takes a text, or a number, for an amount: `0.5`, `500m`, `1.5Gi`, `1e9`. */
export const isQuantity = (value: unknown): boolean =>
  /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/.test(String(value));

const multipliers: Readonly<Record<string, number>> = {
  "": 1,
  ...{ k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
  m: 1e-3,
};

/** Bytes of a Kubernetes quantity such as `1.5Gi`, `512M` or `1e9`; undefined for what is none. */
export function bytesOf(quantity: string): number | undefined {
  const { number, unit = "" } =
    /^(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)(?<unit>[A-Za-z]*)$/.exec(quantity)?.groups ?? {};
  const multiplier = multipliers[unit];
  return number === undefined || multiplier === undefined ? undefined : Math.ceil(Number(number) * multiplier);
}
