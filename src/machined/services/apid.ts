import { ApiCertificate } from "../../resources/secrets/api-certificate.ts";
import { resourceReady } from "../supervisor/conditions.ts";
import { tcpHealth } from "../supervisor/health.ts";
import { process } from "../supervisor/process.ts";
import { defineService } from "../supervisor/service.ts";
import { ourProgram } from "./our-program.ts";

/** The API's front door: authenticates clients and forwards their calls to machined, here or on other machines. */
export const apid = defineService({
  id: "apid",
  runs: process({
    ...ourProgram("apid", { uid: 50, socketDirectories: ["/system/run/machined", "/system/run/apid"] }),
  }),
  waitsFor: [resourceReady("API certificates", ApiCertificate, "api")],
  health: tcpHealth(50_000),
  stopsLast: true,
  stopGraceMs: 15_000,
});
