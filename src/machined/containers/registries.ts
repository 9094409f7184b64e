import type { Registries } from "../../containerd/registry/mirrors.ts";
import { noRegistries } from "../../containerd/registry/mirrors.ts";
import { registriesOf } from "../../controllers/cri/registries.ts";
import { RegistryConfig } from "../../resources/cri/registry-config.ts";
import type { ServiceHost } from "../supervisor/service.ts";

/** Where the machine's owner wants images to come from. */
export async function registriesOfMachine({ state }: ServiceHost): Promise<Registries> {
  const resource = await state.get(RegistryConfig, "registries");
  return resource === undefined ? noRegistries : registriesOf(resource.spec);
}
