import { describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { document, minutes, publicClient, type ToldMachine } from "./told.ts";

/** What a machine makes of its cards: eth4 is one that nothing else is said about. */
export function hardwareCases(told: ToldMachine): void {
  describe("a card", () => {
    test(
      "is known by a name of ours to every other document, one of several to none",
      async () => {
        const { permanentAddr, driver, busPath } = (await told.resources("links")).get("eth4")?.spec ?? {};
        expect([driver, busPath]).toEqual(["virtio_net", expect.stringMatching(/^\S+$/)]);
        const isIt = `mac(link.permanent_addr) == "${permanentAddr}" && link.bus_path == "${busPath}"`;
        await told.patch(
          document("LinkAliasConfig", `name: lab\nselector: { match: '${isIt} && link.driver == "virtio_net"' }`) +
            document("LinkAliasConfig", `name: any\nselector: { match: 'glob("52:54:*", mac(link.permanent_addr))' }`) +
            document("LinkConfig", "name: lab\nmtu: 1450\naddresses: [{ address: 10.4.0.1/24 }]"),
        );
        await told.until("linkaliasspecs", "eth4", { alias: "lab" });
        await told.until("links", "eth4", { alias: "lab", mtu: 1450 });
        await told.until("addresses", "eth4/10.4.0.1/24", { linkName: "eth4", flags: "permanent" });
        expect(await told.idsOf("linkaliasspecs")).toEqual(["eth4"]);
        await told.untilLogged(/Cannot find the link "any": eth0, eth1, .*eth6 all match/);
      },
      minutes(12),
    );

    test(
      "is set up as far as it can be, and what it refuses is told once",
      async () => {
        await told.patch(
          document(
            "EthernetConfig",
            "name: lab\nfeatures: { rx-gro: false, tx-tcp-segmentation: true }\nrings: { rx: 128, tx: 64 }\n" +
              "channels: { combined: 2 }\nwakeOnLan: [magic]",
          ),
        );
        await told.until("ethernetspecs", "lab", { wakeOnLan: ["magic"], rings: { rx: 128, tx: 64 } });
        const status = await told.until("ethtool", "eth4", { rings: { rx: 128, tx: 64 } });
        await told.until("ethtool", "eth4", { features: { "rx-gro": "off", "tx-tcp-segmentation": "off [fixed]" } });
        expect(status).toMatchObject({ channels: { combined: 1, "combined-max": 1 } });
        expect(status.wakeOnLAN).toBeUndefined();
        for (const pattern of [
          /Cannot turn on the feature "tx-tcp-segmentation" of eth4: the driver does not let it change/,
          /Cannot set the channels of eth4: .*EINVAL/,
          /Cannot set the wake-on-LAN modes of eth4: .*EOPNOTSUPP/,
        ]) {
          await told.untilLogged(pattern);
          const log = await told.machine.ask("dmesg");
          expect(log.split("\n").filter((line) => pattern.test(line))).toHaveLength(1);
        }
        // Its neighbour is as it was made.
        expect((await told.resources("ethtool")).get("eth5")?.spec).toMatchObject({ rings: { rx: 256, tx: 256 } });
      },
      minutes(12),
    );

    test(
      "of another make has its driver, and is woken up by whom it is told",
      async () => {
        await told.until("links", "eth6", { driver: "vmxnet3", linkState: true });
        await told.untilLogged(/loaded the driver vmxnet3 for 0000:/);
        expect((await told.resources("ethtool")).get("eth6")?.spec.wakeOnLAN).toBeUndefined();
        await told.patch(document("EthernetConfig", "name: eth6\nwakeOnLan: [magic, unicast]"));
        await told.until("ethtool", "eth6", { wakeOnLAN: ["unicast", "magic"] });
      },
      minutes(6),
    );

    test.if(publicClient !== undefined)(
      "looks the same to both clients",
      async () => {
        for (const type of ["links", "linkaliasspecs", "ethtool", "ethernetspecs"]) {
          await told.untilSameToBoth("get", type);
        }
        for (const [type, id] of [
          ["link", "eth4"],
          ["ethtool", "eth4"],
          ["ethernetspec", "lab"],
        ] as const) {
          await told.untilSameToBoth("get", type, id, "-o", "yaml");
        }
      },
      minutes(6),
    );

    test(
      "is called what the kernel calls it again when the documents are gone",
      async () => {
        await told.patch(
          ["EthernetConfig", "LinkConfig", "LinkAliasConfig"]
            .map((kind) => document(kind, "name: lab\n$patch: delete"))
            .join("") + document("LinkAliasConfig", "name: any\n$patch: delete"),
        );
        await told.untilGone("linkaliasspecs", "eth4");
        await told.untilGone("addresses", "eth4/10.4.0.1/24");
        await eventually(
          async () => (await told.resources("links")).get("eth4")?.spec,
          (link) => link !== undefined && link.alias === undefined,
        );
      },
      minutes(6),
    );
  });
}
