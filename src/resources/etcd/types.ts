import { EtcdConfig } from "./etcd-config.ts";
import { EtcdMember } from "./etcd-member.ts";
import { EtcdSpec } from "./etcd-spec.ts";
import { PKIStatus } from "./pki-status.ts";

export const etcdTypes = [EtcdConfig, EtcdMember, EtcdSpec, PKIStatus] as const;
