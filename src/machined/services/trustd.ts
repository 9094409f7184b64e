import { TrustdCertificate } from "../../resources/secrets/trustd-certificate.ts";
import { trustdProgram } from "../../well-known.ts";
import { resourceReady, timeInSync } from "../supervisor/conditions.ts";
import { tcpHealth } from "../supervisor/health.ts";
import { process } from "../supervisor/process.ts";
import { defineService } from "../supervisor/service.ts";
import { ourProgram } from "./our-program.ts";

/** Signs the certificates of machines that join, against the cluster's token. */
export const trustd = defineService({
  id: "trustd",
  machineTypes: ["controlplane"],
  runs: process(ourProgram("trustd", { uid: trustdProgram.uid, sockets: [trustdProgram.stateSocket] })),
  waitsFor: [timeInSync, resourceReady("trustd certificates", TrustdCertificate, "trustd")],
  health: tcpHealth(trustdProgram.port),
  stopGraceMs: 15_000,
});
