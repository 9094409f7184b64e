/**
 * The machine's API as static protobuf classes, made from src/proto/api by generate.ts. Field names are those of the
 * .proto files; 64-bit integers decode to Long (see int64.ts).
 */
export { cluster, common, cosi, google, grpc, inspect, machine, securityapi, storage, time } from "./generated/api.js";
