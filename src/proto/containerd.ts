/** containerd's API, made from src/proto/containerd by generate.ts. A module of its own: only the machine speaks it. */
export { containerd, google, grpc, runtime } from "./generated/containerd.js";
