import { int64 } from "../fields/index.ts";

export const controlPlaneFields = {
  port: int64(1),
};
