/** The discovery service's API, made from src/proto/discovery by generate.ts. A module of its own: only the machine speaks it. */
export { sidero } from "./generated/discovery.js";
