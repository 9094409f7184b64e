import { AcquireConfigSpec } from "./acquire-config-spec.ts";
import { AcquireConfigStatus } from "./acquire-config-status.ts";
import { Service } from "./service.ts";

export const v1alpha1Types = [AcquireConfigSpec, AcquireConfigStatus, Service] as const;
