/** The release of the reference whose API, config and resources this build speaks. */
export const TAG = "v1.12.8";

/** Our own version. */
export const VERSION = "0.1.0";
