import { defineController } from "../../cosi/controller.ts";
import { peerUrls } from "../../etcd/urls.ts";
import { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { Service } from "../../resources/v1alpha1/service.ts";
import { etcdAccessInputs, localEtcd } from "./local.ts";

/** Tells the cluster when this machine's member is found elsewhere than before: a member that has data does not. */
export const etcdAdvertisedPeerController = () =>
  defineController({
    name: "etcd.AdvertisedPeerController",
    inputs: [
      { kind: EtcdSpec, id: "etcd", strength: "weak" },
      ...etcdAccessInputs,
      { kind: Service, id: "etcd", strength: "weak" },
    ],
    outputs: [],
    async reconcile(context) {
      const service = (await context.get(Service, "etcd"))?.spec;
      const spec = (await context.get(EtcdSpec, "etcd"))?.spec;
      if (service?.running !== true || !service.healthy || spec === undefined) return;
      using etcd = await localEtcd(context);
      if (etcd === undefined) return;
      const { signal } = context;
      const { memberId } = await etcd.status({ signal });
      const own = (await etcd.members({ signal })).find(({ id }) => id === memberId);
      const wanted = peerUrls(spec.advertisedAddresses);
      if (own === undefined || new Set(own.peerUrls).symmetricDifference(new Set(wanted)).size === 0) return;
      await etcd.updateMember(memberId, wanted, { signal });
      context.log("info", `the other members find this one at ${wanted.join(", ")} now`);
    },
  });
