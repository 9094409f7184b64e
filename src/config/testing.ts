import { type ConfigOptions, generateConfig, type MachineType } from "./generate/config.ts";
import { generateSecrets } from "./generate/secrets.ts";

/** Secrets made in milliseconds: RSA is for real clusters. */
export const testSecrets = await generateSecrets({ serviceAccountAlgorithm: "ecdsa-p256" });

/** A config as `gen config` makes it, for tests to break. */
export const testConfig = (type: MachineType = "controlplane", options: Partial<ConfigOptions> = {}): string =>
  generateConfig({ clusterName: "test", endpoint: "https://10.0.0.1:6443", type, secrets: testSecrets, ...options });
