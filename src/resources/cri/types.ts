import { ImageCacheConfig } from "./image-cache-config.ts";
import { RegistryConfig } from "./registry-config.ts";
import { SeccompProfile } from "./seccomp-profile.ts";

export const criTypes = [ImageCacheConfig, RegistryConfig, SeccompProfile] as const;
