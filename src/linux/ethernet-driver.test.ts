import { expect, test } from "bun:test";
import { DriverRequest, driverInformation, EthernetDrivers, interfaceRequest } from "./ethernet-driver.ts";
import { cConstants, cLayout, layoutOf } from "./testing/c-headers.ts";

const headers = ["linux/ethtool.h", "linux/sockios.h", "net/if.h"];

test("requests and structs are the C compiler's", () => {
  const ours = { SIOCETHTOOL: DriverRequest.ethtool as number, ETHTOOL_GDRVINFO: DriverRequest.information as number };
  expect(ours).toEqual(cConstants(headers, ["SIOCETHTOOL", "ETHTOOL_GDRVINFO"]));
  const request = layoutOf(interfaceRequest, { name: "ifr_name", data: "ifr_data" });
  expect(request).toEqual(cLayout(headers, "struct ifreq", ["ifr_name", "ifr_data"]));
  const answer = layoutOf(driverInformation, {
    command: "cmd",
    driver: "driver",
    version: "version",
    firmwareVersion: "fw_version",
    busInfo: "bus_info",
    expansionRomVersion: "erom_version",
    privateFlags: "n_priv_flags",
    statistics: "n_stats",
    testResults: "testinfo_len",
    eepromBytes: "eedump_len",
    registerBytes: "regdump_len",
  });
  expect(answer).toEqual(cLayout(headers, "struct ethtool_drvinfo", Object.keys(answer.offsets)));
});

test("a link says what drives it; the loopback and what is not there say nothing", () => {
  using drivers = new EthernetDrivers();
  expect(drivers.of("no-such-link")).toBeUndefined();
  expect(drivers.of("lo")).toBeUndefined();
});
