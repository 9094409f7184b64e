import { defineResource } from "../define.ts";
import { base64Bytes, boolean, certificateAndKey, mapOf, message, string } from "../fields/index.ts";

const registryEndpointConfigFields = {
  endpoint: string(1),
  overridePath: boolean(2),
};

const registryMirrorConfigFields = {
  endpoints: message(1, registryEndpointConfigFields).list(),
  skipFallback: boolean(3).optional(),
};

const registryAuthConfigFields = {
  username: string(1).optional(),
  password: string(2).optional(),
  auth: string(3).optional(),
  identityToken: string(4).optional(),
};

const registryTlsConfigFields = {
  clientIdentity: certificateAndKey(1).optional(),
  ca: base64Bytes(2).optional(),
  insecureSkipVerify: boolean(3).optional(),
};

/** Where container images come from: mirrors, credentials, certificates. */
export const RegistryConfig = defineResource({
  type: "RegistryConfigs.cri.talos.dev",
  namespace: "cri",
  spec: {
    mirrors: mapOf(1, message(2, registryMirrorConfigFields)).optional(),
    auths: mapOf(2, message(2, registryAuthConfigFields)).optional(),
    tls: mapOf(3, message(2, registryTlsConfigFields)).optional(),
  },
});

export type RegistryConfig = typeof RegistryConfig.Type;
