import { Namespace } from "./namespace.ts";
import { ResourceDefinition } from "./resource-definition.ts";

export const metaTypes = [Namespace, ResourceDefinition] as const;
