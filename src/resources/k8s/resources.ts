import { mapOf, string } from "../fields/index.ts";

export const resourcesFields = {
  requests: mapOf(1, string(2)),
  limits: mapOf(2, string(2)),
};
