/** The public face of the room: reading, judging and making machine configurations. */
export { images } from "./defaults/images.ts";
export {
  extraHosts,
  hostnameSource,
  nameservers,
  type Probe,
  probes,
  type RegistryMirror,
  registryMirrors,
  searchDomains,
  searchesOwnDomain,
  sharedAddresses,
  type TimeSettings,
  timeSettings,
} from "./effective.ts";
export { kernelLogUrls, type LogDestination, serviceLogDestinations } from "./log-destinations.ts";
export { type ConfigDocument, documentsOf, type MachineConfig } from "./machine-config.ts";
export { parseMachineConfig } from "./parse.ts";
export { ConfigFailure, type Problem, problemText } from "./problem.ts";
export { isQuantity } from "./quantity.ts";
export { type Mode, modes, validateMachineConfig } from "./validate/validate.ts";
