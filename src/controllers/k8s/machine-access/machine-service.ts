/** The Service by which pods reach the machine API, on any control plane machine. */
export const machineService = { name: "talos", namespace: "default", port: 50_000, portName: "apid" } as const;

/** `talos.default`, which the machines' certificates are valid for. */
export const machineServiceHost = `${machineService.name}.${machineService.namespace}`;

/** Marks what we keep in the cluster. */
export const providerLabels = { provider: "talos.dev" } as const;
