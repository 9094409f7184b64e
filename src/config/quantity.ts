/** Whether Kubernetes takes a text, or a number, for an amount: `0.5`, `500m`, `1.5Gi`, `1e9`. */
export const isQuantity = (value: unknown): boolean =>
  /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/.test(String(value));
