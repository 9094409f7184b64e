import { enumeration } from "../fields/enumeration.ts";

// States of a mesh peer.

export const peerState = enumeration({ unknown: 0, up: 1, down: 2 });
