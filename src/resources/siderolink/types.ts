import { SiderolinkConfig } from "./siderolink-config.ts";
import { SiderolinkStatus } from "./siderolink-status.ts";
import { SiderolinkTunnel } from "./siderolink-tunnel.ts";

export const siderolinkTypes = [SiderolinkConfig, SiderolinkStatus, SiderolinkTunnel] as const;
