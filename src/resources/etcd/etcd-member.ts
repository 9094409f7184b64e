import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** This machine's member of etcd. */
export const EtcdMember = defineResource({
  type: "EtcdMembers.etcd.talos.dev",
  namespace: "etcd",
  spec: {
    memberID: string(1),
  },
  columns: { "Member ID": "{.memberID}" },
});

export type EtcdMember = typeof EtcdMember.Type;
