import { family } from "../../command.ts";
import { config } from "./config.ts";
import { secrets } from "./secrets.ts";

export const gen = family({
  name: "gen",
  summary: "Make secrets and configs of new clusters",
  group: "offline",
  commands: [config, secrets],
});
