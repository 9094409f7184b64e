import { defineController } from "../../cosi/controller.ts";
import { formatMemberId } from "../../etcd/member-id.ts";
import { EtcdMember } from "../../resources/etcd/etcd-member.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { type ConnectEtcd, etcdAccessInputs, localEtcd } from "./local.ts";

export interface EtcdMemberOptions {
  readonly connect?: ConnectEtcd<"status">;
}

/** Says which member of the cluster this machine is, as long as it is one that works. */
export const etcdMemberController = ({ connect = localEtcd }: EtcdMemberOptions = {}) =>
  defineController({
    name: "etcd.MemberController",
    inputs: [{ kind: Service, id: "etcd", strength: "weak" }, ...etcdAccessInputs],
    outputs: [{ kind: EtcdMember, sharing: "exclusive" }],
    async reconcile(context) {
      const service = await context.get(Service, "etcd");
      if (service?.metadata.phase !== "running" || !service.spec.healthy) return;
      using etcd = await connect(context);
      if (etcd === undefined) return;
      const { memberId } = await etcd.status({ signal: context.signal });
      await context.put(EtcdMember, "local", { memberID: formatMemberId(memberId) });
    },
  });
