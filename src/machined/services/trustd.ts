import { TrustdCertificate } from "../../resources/secrets/trustd-certificate.ts";
import { resourceReady } from "../supervisor/conditions.ts";
import { tcpHealth } from "../supervisor/health.ts";
import { process } from "../supervisor/process.ts";
import { defineService } from "../supervisor/service.ts";
import { ourProgram } from "./our-program.ts";

/** Signs the certificates of machines that join, against the cluster's token. */
export const trustd = defineService({
  id: "trustd",
  machineTypes: ["controlplane"],
  runs: process({
    ...ourProgram("trustd", { uid: 51, socketDirectories: ["/system/run/machined", "/system/run/trustd"] }),
  }),
  waitsFor: [resourceReady("trustd certificates", TrustdCertificate, "trustd")],
  health: tcpHealth(50_001),
  stopGraceMs: 15_000,
});
