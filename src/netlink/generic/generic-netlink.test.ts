import { expect, test } from "bun:test";
import { cConstants, cLayout, layoutOf } from "../../linux/testing/c-headers.ts";
import { Control, ControlAttribute, ControlGroup, genericHeader, genericProtocol } from "./constants.ts";
import { GenericFamily } from "./generic-netlink.ts";

const headers = ["linux/netlink.h", "linux/genetlink.h"];

test("constants are the kernel's", () => {
  const ours = {
    NETLINK_GENERIC: genericProtocol,
    GENL_ID_CTRL: Control.id,
    CTRL_CMD_GETFAMILY: Control.getFamily,
    CTRL_ATTR_FAMILY_ID: ControlAttribute.familyId,
    CTRL_ATTR_FAMILY_NAME: ControlAttribute.familyName,
    CTRL_ATTR_MCAST_GROUPS: ControlAttribute.groups,
    CTRL_ATTR_MCAST_GRP_NAME: ControlGroup.name,
    CTRL_ATTR_MCAST_GRP_ID: ControlGroup.id,
  };
  expect(ours).toEqual(cConstants(headers, Object.keys(ours)) as typeof ours);
});

test("the header has the layout of the C compiler", () => {
  const ours = layoutOf(genericHeader, { command: "cmd", version: "version", reserved: "reserved" });
  expect(ours).toEqual(cLayout(headers, "struct genlmsghdr", Object.keys(ours.offsets)));
});

test("a family is found by its name, and asked", () => {
  using control = GenericFamily.open("nlctrl");
  expect(control.id).toBe(Control.id);
  expect(control.groupId("notify")).toBeGreaterThan(0);
  const describe = () => "Cannot list the families";
  const families = control.dump({ command: Control.getFamily, version: Control.version, attributes: [], describe });
  expect(families.map((family) => family.text(ControlAttribute.familyName))).toContain("nlctrl");
});

test("what is not there is said, with what to do", () => {
  expect(() => GenericFamily.open("no-such")).toThrow('Cannot use the netlink family "no-such": no such family');
  using control = GenericFamily.open("nlctrl");
  expect(() => control.groupId("none")).toThrow('Cannot listen to nlctrl: it has no group "none"');
  const request = { command: 99, version: 1, attributes: [], describe: () => "Cannot ask" };
  expect(() => control.request(request)).toThrow("Cannot ask: ");
});
