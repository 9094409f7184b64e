import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { configure } from "../../src/controllers/testing.ts";
import { probeAddress } from "../../src/netlink/address-probe.ts";
import { parseHardwareAddress } from "../../src/netlink/rtnetlink/link.ts";
import { encodeSettings } from "../../src/netlink/rtnetlink/link-kinds.ts";
import type { Rtnetlink } from "../../src/netlink/rtnetlink/rtnetlink.ts";
import { LinkStatus } from "../../src/resources/network/link-status.ts";
import { eventually } from "../support/eventually.ts";
import { documents, linksWith, withCables } from "./network-with.ts";

const patience = { timeoutMs: 120_000 };

/** Whether a station answers for the address on a link: frames go both ways. */
async function isReached(rtnetlink: Rtnetlink, name: string, address: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { index = 0, hardwareAddress = "" } = rtnetlink.link(name) ?? {};
  using _ = probeAddress({
    ...{ linkIndex: index, hardwareAddress: parseHardwareAddress(hardwareAddress), address },
    onConflict: () => resolve(true),
  });
  using timers = new DisposableStack();
  timers.adopt(
    setTimeout(() => resolve(false), 1_000),
    clearTimeout,
  );
  return await promise;
}

const reaches = (rtnetlink: Rtnetlink, name: string, address: string) =>
  eventually(
    () => isReached(rtnetlink, name, address),
    (reached) => reached,
    patience,
  );

const vlan = (id: number, mode: string) =>
  `kind: VLANConfig\nname: tagged\nvlanID: ${id}\nvlanMode: ${mode}\nparent: near0\naddresses: [{ address: 10.7.0.1/24 }]`;
const cable = "kind: LinkConfig\nname: near0";

test.each([
  ["802.1q", 0x8100],
  ["802.1ad", 0x88a8],
])("frames of %s have the tag, and another tag is another link", (mode, protocol) =>
  withCables(1, async ({ near, far }) => {
    const parentIndex = far.link("far0")?.index ?? 0;
    const makeFar = (id: number) => {
      const settings = encodeSettings("vlan", { id, protocol });
      far.createLink({ name: `tag${id}`, kind: "vlan", parentIndex, settings });
      far.addAddress(`tag${id}`, `10.7.0.${id}/24`);
      far.setLinkUp(`tag${id}`);
    };
    makeFar(5);
    await using machine = await linksWith(near);
    await configure(machine, documents(cable, vlan(5, mode)));
    const { spec } = await machine.eventually(LinkStatus, "tagged", (link) => link.spec.linkState);
    expect(spec).toMatchObject({ kind: "vlan", vlan: { vlanID: 5, vlanProtocol: mode } });
    await reaches(near, "tagged", "10.7.0.5");
    await configure(machine, documents(cable, vlan(6, mode)));
    await machine.eventually(LinkStatus, "tagged", (link) => link.spec.vlan?.vlanID === 6 && link.spec.linkState);
    // Nobody hears this tag, until somebody does.
    expect(await isReached(near, "tagged", "10.7.0.5")).toBe(false);
    makeFar(6);
    await reaches(near, "tagged", "10.7.0.6");
    expect(near.link("tagged")?.index).not.toBe(spec.index);

    // Its parent goes, and it with it; both come back.
    near.deleteLink("near0");
    await machine.eventuallyGone(LinkStatus, "tagged");
    near.createLink({ name: "near0", kind: "veth", peerName: "another" });
    await machine.eventually(LinkStatus, "tagged", (link) => link.spec.vlan?.vlanID === 6);
    await configure(machine, documents(cable));
    await machine.eventuallyGone(LinkStatus, "tagged");
  }),
);

const bond = (settings: string, links = "near0, near1") =>
  `kind: BondConfig\nname: bond9\nlinks: [${links}]\nmiimon: 100\n${settings}\naddresses: [{ address: 10.6.0.1/24 }]`;
const lacp = "bondMode: 802.3ad\nlacpRate: fast\nxmitHashPolicy: layer3+4";

const bondFile = () => readFileSync("/proc/thread-self/net/bonding/bond9", "utf8");

/** The far ends as one bond with LACP. */
function bondFarEnds(far: Rtnetlink): void {
  const settings = encodeSettings("bond", { mode: 4, miimon: 100, lacpRate: 1 });
  far.createLink({ name: "lag", kind: "bond", settings });
  const masterIndex = far.link("lag")?.index ?? 0;
  for (const name of ["far0", "far1"]) {
    far.setLinkUp(name, false);
    far.setLink(name, { masterIndex });
  }
  far.setLinkUp("lag");
  far.addAddress("lag", "10.6.0.2/24");
}

test("two bonds agree by LACP, survive the loss of a cable, and change in place", () =>
  withCables(2, async ({ near, far }) => {
    bondFarEnds(far);
    await using machine = await linksWith(near);
    await configure(machine, documents(bond(lacp)));
    const partner = far.link("lag")?.hardwareAddress ?? "none";
    await eventually(
      async () => bondFile(),
      (text) => text.includes("Number of ports: 2") && text.includes(`Partner Mac Address: ${partner}`),
      patience,
    );
    const { spec } = await machine.eventually(LinkStatus, "bond9", (link) => link.spec.linkState);
    expect(spec.bondMaster).toMatchObject({
      mode: "802.3ad",
      lacpRate: "fast",
      xmitHashPolicy: "layer3+4",
      miimon: 100,
    });
    await reaches(near, "bond9", "10.6.0.2");
    far.setLinkUp("far0", false);
    await machine.eventually(LinkStatus, "near0", (link) => !link.spec.linkState);
    await reaches(near, "bond9", "10.6.0.2");
    far.setLinkUp("far0");

    // What can change while it carries traffic does: its members stay, and it is never down.
    await configure(machine, documents(bond(`${lacp}\nresendIGMP: 3\nminLinks: 1`)));
    await machine.eventually(LinkStatus, "bond9", (link) => link.spec.bondMaster?.resendIgmp === 3);
    expect(near.link("bond9")?.index).toBe(spec.index);
    // Another mode needs an empty bond: they leave, and come back.
    await configure(machine, documents(bond("bondMode: active-backup")));
    await machine.eventually(LinkStatus, "bond9", (link) => link.spec.bondMaster?.mode === "active-backup");
    await eventually(
      async () => near.links().filter(({ masterIndex, isUp }) => masterIndex === spec.index && isUp).length,
      (members) => members === 2,
      patience,
    );
    expect(near.link("bond9")?.index).toBe(spec.index);
    // A member that nobody wants in it any more leaves it.
    await configure(machine, documents(bond("bondMode: active-backup", "near1")));
    await eventually(
      async () => near.link("near0")?.masterIndex,
      (masterIndex) => masterIndex === 0,
      patience,
    );
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([]);
    await configure(machine, documents(cable));
    await machine.eventuallyGone(LinkStatus, "bond9");
  }));

test("every mode and what goes with it is taken, and shown as it was said", () =>
  withCables(2, async ({ near }) => {
    await using machine = await linksWith(near);
    const modes = {
      "balance-rr": "packetsPerSlave: 4",
      "active-backup": "arpInterval: 0\nprimaryReselect: better\nfailOverMac: active\nnumPeerNotif: 3",
      "balance-xor": "xmitHashPolicy: encap3+4\nallSlavesActive: 1",
      broadcast: "minLinks: 1\nmissedMax: 4",
      "802.3ad": "lacpRate: fast\nadSelect: bandwidth\nadActorSysPrio: 100\nadUserPortKey: 7\nadLACPActive: off",
      "balance-tlb": "updelay: 200\ndowndelay: 300\ntlbLogicalLb: 0",
      "balance-alb": "lpInterval: 2\npeerNotifDelay: 200\nresendIGMP: 0",
    };
    for (const [mode, more] of Object.entries(modes)) {
      const said = Object.fromEntries(more.split("\n").map((line) => line.split(": ") as [string, string]));
      await configure(machine, documents(bond(`bondMode: ${mode}\n${more.replace("off", '"off"')}`)));
      await machine.eventually(LinkStatus, "bond9", ({ spec: { bondMaster } }) => {
        const shown: Readonly<Record<string, unknown>> = {
          ...bondMaster,
          ...{ adLACPActive: bondMaster?.adLacpActive, resendIGMP: bondMaster?.resendIgmp },
          ...{ peerNotifDelay: bondMaster?.peerNotifyDelay, arpInterval: bondMaster?.arpInterval ?? 0 },
        };
        return shown.mode === mode && Object.entries(said).every(([name, value]) => String(shown[name]) === value);
      });
    }
    // What was said for another mode is not said any more.
    await machine.eventually(LinkStatus, "bond9", ({ spec }) => spec.bondMaster?.updelay === 0);
    await machine.eventually(LinkStatus, "bond9", ({ spec }) => spec.bondMaster?.minLinks === 0);
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([]);
  }));

test("what the kernel will not have is told once, and the bond stays up", () =>
  withCables(2, async ({ near }) => {
    await using machine = await linksWith(near);
    // It rounds delays to multiples of the interval of its checks.
    await configure(machine, documents(bond("bondMode: active-backup\nupdelay: 250")));
    await machine.eventually(LinkStatus, "bond9", ({ spec }) => spec.bondMaster?.updelay === 200 && spec.linkState);
    await eventually(
      async () => machine.logged.filter((line) => line.includes("Cannot change")).length,
      (told) => told > 0,
      patience,
    );
    const stopping = new AbortController();
    const changes = near.changes(["link"], stopping.signal);
    near.setLink("near0", { mtu: 1_400 });
    near.setLink("near0", { mtu: 1_450 });
    near.createLink({ name: "after", kind: "dummy" });
    await machine.eventually(LinkStatus, "after");
    near.deleteLink("after");
    let isAlwaysUp = true;
    for await (const change of changes) {
      if (change.kind === "link" && change.link.name === "bond9" && !change.link.isUp) isAlwaysUp = false;
      if (change.kind === "link" && change.link.name === "after" && change.removed) stopping.abort();
    }
    expect(isAlwaysUp).toBe(true);
    expect(machine.logged.filter((line) => line.includes("Cannot change"))).toHaveLength(1);
  }));

test("the command line makes a bond with a VLAN on top, and the configuration takes over", () =>
  withCables(2, async ({ near, far }) => {
    const parentIndex = far.link("far0")?.index ?? 0;
    far.createLink({
      name: "tag",
      kind: "vlan",
      parentIndex,
      settings: encodeSettings("vlan", { id: 8, protocol: 0x8100 }),
    });
    far.addAddress("tag", "192.0.2.1/24");
    far.setLinkUp("tag");
    const line =
      "bond=bond0:near0,near1:mode=active-backup,miimon=100,primary=near0:1450 vlan=vlan0008:bond0 bridge=br0:br1 " +
      "ip=192.0.2.9::192.0.2.1:255.255.255.0::bond0.8";
    await using machine = await linksWith(near, line);
    const { spec } = await machine.eventually(
      LinkStatus,
      "bond0",
      (link) => link.spec.bondMaster?.primary !== undefined,
    );
    expect(spec.bondMaster).toMatchObject({ mode: "active-backup", primary: near.link("near0")?.index ?? 0 });
    await machine.eventually(LinkStatus, "bond0.8", (link) => link.spec.vlan?.vlanID === 8 && link.spec.mtu === 1_450);
    await machine.eventually(LinkStatus, "br0", (link) => link.spec.kind === "bridge");
    await reaches(near, "bond0.8", "192.0.2.1");
  }));

test("a dummy has what it was told, and a bridge filters by tag while its ports stay", () =>
  withCables(1, async ({ near }) => {
    await using machine = await linksWith(near);
    const dummy = (mtu: number) =>
      `kind: DummyLinkConfig\nname: hold\nhardwareAddr: 2e:3c:4d:5e:6f:70\nmtu: ${mtu}\nmulticast: true\nup: false`;
    const bridge = (more: string) => `kind: BridgeConfig\nname: br7\nlinks: [near0]\n${more}`;
    await configure(machine, documents(dummy(1_300), bridge("stp: { enabled: true }")));
    const held = await machine.eventually(LinkStatus, "hold", ({ spec }) => spec.mtu === 1_300);
    expect(near.link("hold")).toMatchObject({ hardwareAddress: "2e:3c:4d:5e:6f:70", isMulticast: true, isUp: false });
    await machine.eventually(LinkStatus, "br7", ({ spec }) => spec.bridgeMaster?.stp?.enabled === true);
    const index = near.link("br7")?.index;
    await eventually(
      async () => near.link("near0")?.masterIndex,
      (master) => master === index,
      patience,
    );
    await configure(machine, documents(dummy(1_350), bridge("vlan: { filtering: true }")));
    await machine.eventually(LinkStatus, "br7", ({ spec }) => spec.bridgeMaster?.vlan?.filteringEnabled === true);
    expect(near.link("near0")?.masterIndex).toBe(index ?? 0);
    await machine.eventually(LinkStatus, "hold", ({ spec }) => spec.mtu === 1_350);
    expect(near.link("hold")?.index).toBe(held.spec.index);
    expect(machine.logged.filter((line) => line.includes("Cannot"))).toEqual([]);
  }));
