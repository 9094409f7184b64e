import { containerd, google, grpc } from "../proto/containerd.ts";
import { type CallOptions, type Calls, methodsOf } from "./calls.ts";

const v1 = containerd.services.introspection.v1;
const method = methodsOf("containerd.services.introspection.v1.Introspection");
const plugins = method("Plugins", v1.PluginsRequest, v1.PluginsResponse);
const version = methodsOf("containerd.services.version.v1.Version")(
  "Version",
  google.protobuf.Empty,
  containerd.services.version.v1.VersionResponse,
);
const check = methodsOf("grpc.health.v1.Health")(
  "Check",
  grpc.health.v1.HealthCheckRequest,
  grpc.health.v1.HealthCheckResponse,
);

/** A part of containerd. */
export interface Plugin {
  /** Such as `io.containerd.snapshotter.v1`. */
  readonly type: string;
  readonly id: string;
  /** Why it could not be set up; undefined when it works. */
  readonly error: string | undefined;
}

/** What containerd says about itself. */
export interface Introspection {
  version(options?: CallOptions): Promise<{ readonly version: string; readonly revision: string }>;
  /** Whether it calls itself SERVING. @throws StatusError unavailable when nobody listens */
  healthy(options?: CallOptions): Promise<boolean>;
  plugins(): Promise<Plugin[]>;
}

export const introspectionOf = (calls: Calls): Introspection => ({
  version: (options) => calls.unary(version, {}, options),
  healthy: async (options) => {
    const { status } = await calls.unary(check, {}, options);
    return status === grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING;
  },
  plugins: async () =>
    (await calls.unary(plugins, {})).plugins.map(({ type, id, init_err }) => ({
      type,
      id,
      error: init_err?.message,
    })),
});
