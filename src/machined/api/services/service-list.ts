import type { machine } from "../../../proto/index.ts";
import type { Machine, ServiceSnapshot } from "../../machine.ts";
import { timestamp } from "../timestamp.ts";

/** MachineService/ServiceList: every service with its last events and its health. */
export const serviceList = async ({ supervisor }: Machine): Promise<machine.ServiceListResponse.$Properties> => ({
  messages: [{ services: supervisor.list().map(message) }],
});

const message = ({ id, state, events, health }: ServiceSnapshot): machine.ServiceInfo.$Properties => ({
  id,
  state,
  events: { events: events.map((event) => ({ msg: event.message, state: event.state, ts: timestamp(event.at) })) },
  health: {
    unknown: health.unknown,
    healthy: health.healthy,
    last_message: health.lastMessage,
    last_change: timestamp(health.lastChange),
  },
});
