import { Failure } from "../../errors/failure.ts";
import { ApiCertificate } from "../../resources/secrets/api-certificate.ts";
import { MaintenanceServiceCertificate } from "../../resources/secrets/maintenance-service-certificate.ts";
import { apidProgram, machineSocket } from "../../well-known.ts";
import { tcpHealth } from "../supervisor/health.ts";
import { process } from "../supervisor/process.ts";
import { defineService } from "../supervisor/service.ts";
import { ourProgram } from "./our-program.ts";

const port = tcpHealth(apidProgram.port);

/** The API's front door: authenticates clients and forwards their calls to machined, here or on other machines. */
export const apid = defineService({
  id: "apid",
  runs: process(ourProgram("apid", { uid: apidProgram.uid, sockets: [machineSocket, apidProgram.stateSocket] })),
  // It waits for its certificates itself: by the time there are some it has started up.
  health: {
    ...port,
    check: async (host, signal) => {
      const certificate =
        (await host.state.get(ApiCertificate, "api")) ??
        (await host.state.get(MaintenanceServiceCertificate, "maintenance"));
      if (certificate === undefined) throw new Failure("Cannot serve the API: there are no certificates yet");
      await port.check(host, signal);
    },
  },
  stopsLast: true,
  stopGraceMs: 15_000,
});
