/** The API level clients compare against: what `talosctl version` shows as the tag. */
export const TAG = "v1.12.8";

/** Our own version, shown as the commit: `machined-0.1.0`. */
export const VERSION = "0.1.0";
