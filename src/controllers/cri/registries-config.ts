import { defineController } from "../../cosi/controller.ts";
import { RegistryConfig } from "../../resources/cri/registry-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { registryConfigFrom } from "./registries.ts";

/** Says where container images come from. Without a configuration they come from the registries themselves. */
export const registriesConfigController = () =>
  defineController({
    name: "cri.RegistriesConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: RegistryConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      await context.put(RegistryConfig, "registries", config === undefined ? {} : registryConfigFrom(config));
    },
  });
