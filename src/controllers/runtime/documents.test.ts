import { expect, test } from "bun:test";
import { testConfig } from "../../config/testing.ts";
import { PCIDriverRebindConfig } from "../../resources/hardware/pci-driver-rebind-config.ts";
import { EventSinkConfig } from "../../resources/runtime/event-sink-config.ts";
import { ExtensionServiceConfig } from "../../resources/runtime/extension-service-config.ts";
import { pciDriverRebindConfigController } from "../hardware/pci-driver-rebind-config.ts";
import { configure, machineWith } from "../testing.ts";
import { eventSinkConfigController } from "./event-sink-config.ts";
import { extensionServiceConfigController } from "./extension-service-config.ts";

const documents = `---
apiVersion: v1alpha1
kind: EventSinkConfig
endpoint: 192.0.2.2:3247
---
apiVersion: v1alpha1
kind: ExtensionServiceConfig
name: nut-client
configFiles: [{ content: "MONITOR", mountPath: /etc/nut.conf }]
environment: [NUT_UPS=mine]
---
apiVersion: v1alpha1
kind: PCIDriverRebindConfig
name: "0000:04:00.00"
targetDriver: vfio-pci
`;

test("documents are resources while they are in the configuration", async () => {
  await using machine = await machineWith(
    { config: testConfig() + documents },
    eventSinkConfigController("192.0.2.1:1"),
    extensionServiceConfigController(),
    pciDriverRebindConfigController(),
  );
  const isDocuments = ({ spec }: { spec: EventSinkConfig }) => spec.endpoint === "192.0.2.2:3247";
  await machine.eventually(EventSinkConfig, "event-sink", isDocuments);
  expect((await machine.eventually(ExtensionServiceConfig, "nut-client")).spec).toEqual({
    files: [{ content: "MONITOR", mountPath: "/etc/nut.conf" }],
    environment: ["NUT_UPS=mine"],
  });
  const { spec } = await machine.eventually(PCIDriverRebindConfig, "0000:04:00.00");
  expect(spec).toEqual({ pciID: "0000:04:00.00", targetDriver: "vfio-pci" });
  await configure(machine, testConfig());
  await machine.eventuallyGone(ExtensionServiceConfig, "nut-client");
  await machine.eventuallyGone(PCIDriverRebindConfig, "0000:04:00.00");
  // The kernel's command line is still there.
  await machine.eventually(EventSinkConfig, "event-sink", (found) => found.spec.endpoint === "192.0.2.1:1");
});
