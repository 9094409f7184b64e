import type { Controller } from "../../../cosi/controller.ts";
import { machineEndpointController } from "./endpoint-slices.ts";
import { machineAccountController } from "./service-accounts.ts";

/** The machine API for pods of the cluster, as far as the configuration allows. */
export const machineAccessControllers = (): readonly Controller[] => [
  machineEndpointController(),
  machineAccountController(),
];
