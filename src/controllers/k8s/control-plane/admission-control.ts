import { AdmissionControlConfig } from "../../../resources/k8s/admission-control-config.ts";
import { documentOrUndefined } from "../document.ts";
import { derivedController } from "./derived.ts";

/** Says which admission plugins the API server has. */
export const admissionControlController = () =>
  derivedController({
    name: "k8s.ControlPlaneAdmissionControlController",
    kind: AdmissionControlConfig,
    id: "admission-control",
    from: ({ cluster }) => ({
      config: cluster.apiServer.admissionControl.map(({ name = "", configuration }) => ({
        name,
        configuration: documentOrUndefined(configuration) ?? {},
      })),
    }),
  });
