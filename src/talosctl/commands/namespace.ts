/** Where containers are looked for: the machine's own, or those that the kubelet runs. */
export const namespaceOf = (kubernetes: boolean) =>
  kubernetes ? ({ namespace: "k8s.io", driver: 1 } as const) : ({ namespace: "system", driver: 0 } as const);
