/** etcd's API, made from src/proto/etcd by generate.ts. A module of its own: only the machine speaks it. */
export { etcdserverpb } from "./generated/etcd.js";
