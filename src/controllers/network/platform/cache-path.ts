/** Where what the platform said outlives a reboot, on STATE. */
export const cachePath = "/system/state/platform-network.yaml";
