import type { RenderedManifest } from "./rendered-manifest.ts";

const apiGroup = "talos.dev";
const plural = "serviceaccounts";

/** A kind of objects by which pods ask for the machine's API: the roles that they want; why not, if not. */
export const serviceAccountDefinition = (): RenderedManifest => ({
  id: "13-talos-service-account-crd",
  objects: [
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.${apiGroup}` },
      spec: {
        group: apiGroup,
        scope: "Namespaced",
        names: {
          ...{ kind: "ServiceAccount", listKind: "ServiceAccountList", plural, singular: "serviceaccount" },
          shortNames: ["tsa"],
        },
        conversion: { strategy: "None" },
        versions: [{ name: "v1alpha1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    },
  ],
});

const schema = {
  type: "object",
  properties: {
    spec: { type: "object", properties: { roles: { type: "array", items: { type: "string" } } } },
    status: { type: "object", properties: { failureReason: { type: "string" } } },
  },
};
