import type { State } from "../../../cosi/state.ts";
import type { FindCodec } from "../../../cosi/wire/spec-codec.ts";
import type { Handlers } from "../../../grpc/handler.ts";
import { implement } from "../../../grpc/implement.ts";
import { methods } from "../../../proto/methods.ts";
import { resourceType } from "../../../resources/registry.ts";
import { type CheckAccess, denied } from "./access.ts";
import { get, list, watch } from "./reading.ts";
import { create, destroy, update } from "./writing.ts";

export interface StateService {
  readonly state: State;
  readonly check: CheckAccess;
  /** How specs travel; that of the registry unless a test has types of its own. */
  readonly codecOf?: FindCodec;
  /** The machine's own state is written by controllers alone: `true` is for tests of the protocol. */
  readonly writable?: boolean;
}

/** cosi.resource.State: the machine's resources, to be read. */
export function stateHandlers({ state, check, codecOf = resourceType, writable = false }: StateService): Handlers {
  const reading = { state, check, codecOf };
  const refuse = async (): Promise<never> => {
    throw denied("write access is not allowed");
  };
  return {
    "cosi.resource.State/Get": implement(methods["cosi.resource.State/Get"], get(reading)),
    "cosi.resource.State/List": implement(methods["cosi.resource.State/List"], list(reading)),
    "cosi.resource.State/Watch": implement(methods["cosi.resource.State/Watch"], watch(reading)),
    "cosi.resource.State/Create": implement(methods["cosi.resource.State/Create"], writable ? create(reading) : refuse),
    "cosi.resource.State/Update": implement(methods["cosi.resource.State/Update"], writable ? update(reading) : refuse),
    "cosi.resource.State/Destroy": implement(
      methods["cosi.resource.State/Destroy"],
      writable ? destroy(reading) : refuse,
    ),
  };
}
