import { family } from "../../command.ts";
import { ca } from "./ca.ts";
import { config } from "./config.ts";
import { crt } from "./crt.ts";
import { csr } from "./csr.ts";
import { key } from "./key.ts";
import { keypair } from "./keypair.ts";
import { secrets } from "./secrets.ts";

export const gen = family({
  name: "gen",
  summary: "Make secrets, configs and certificates",
  group: "offline",
  commands: [ca, config, crt, csr, key, keypair, secrets],
});
