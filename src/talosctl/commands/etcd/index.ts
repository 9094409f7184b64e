import { family } from "../../command.ts";
import { alarm } from "./alarm.ts";
import { defrag } from "./defrag.ts";
import { downgrade } from "./downgrade.ts";
import { forfeitLeadership } from "./forfeit-leadership.ts";
import { leave } from "./leave.ts";
import { members } from "./members.ts";
import { removeMember } from "./remove-member.ts";
import { snapshot } from "./snapshot.ts";
import { status } from "./status.ts";

export const etcd = family({
  name: "etcd",
  summary: "Look after the cluster's etcd",
  group: "manage",
  commands: [alarm, defrag, downgrade, forfeitLeadership, leave, members, removeMember, snapshot, status],
});
