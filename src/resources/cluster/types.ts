import { Affiliate } from "./affiliate.ts";
import { DiscoveryConfig } from "./discovery-config.ts";
import { Identity } from "./identity.ts";
import { Info } from "./info.ts";
import { Member } from "./member.ts";

export const clusterTypes = [Affiliate, DiscoveryConfig, Identity, Info, Member] as const;
