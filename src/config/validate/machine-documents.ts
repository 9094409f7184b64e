import { parseDuration } from "../../clock/duration.ts";
import type { DocumentKind } from "../documents/index.ts";
import type { DocumentRule } from "./rule.ts";

const extension: DocumentRule<"ExtensionServiceConfig"> = ({ name, configFiles, environment }, { error }) => {
  if (configFiles.length === 0 && environment.length === 0) {
    error("", `neither configFiles nor environment is set for extension "${name}"`);
  }
};

const kernelLog: DocumentRule<"KmsgLogConfig"> = ({ url = "" }, { error }) => {
  if (!URL.canParse(url)) return;
  const { pathname, port } = new URL(url);
  if (port === "") error("url", "the port is missing");
  if (pathname !== "" && pathname !== "/") error("url", "the path must be empty");
};

const management: DocumentRule<"SideroLinkConfig"> = ({ apiUrl = "" }, { error }) => {
  if (!URL.canParse(apiUrl)) return;
  if (!["", "/"].includes(new URL(apiUrl).pathname)) error("apiUrl", "the path must be empty");
};

const minimumWatchdogMs = 10_000;

const watchdog: DocumentRule<"WatchdogTimerConfig"> = ({ timeout = "" }, { error }) => {
  if (timeout === "") return;
  const timeoutMs = parseDuration(timeout);
  if (timeoutMs !== 0 && timeoutMs < minimumWatchdogMs) error("timeout", "shorter than 10s, the least that is safe");
};

const access: DocumentRule<"RegistryAuthConfig"> = ({ username = "", auth = "", identityToken = "" }, { error }) => {
  const ways = Object.entries({ username, auth, identityToken }).filter(([, value]) => value !== "");
  if (ways.length > 1) error(ways[1]?.[0] ?? "", `${ways.map(([name]) => name).join(" and ")} exclude each other`);
};

const certificate = "-----BEGIN CERTIFICATE-----";

const trust: DocumentRule<"RegistryTLSConfig"> = ({ ca = "", clientIdentity }, { error }) => {
  if (ca !== "" && !ca.includes(certificate)) error("ca", "not a certificate in PEM");
  if (clientIdentity === undefined) return;
  if (!clientIdentity.cert?.includes(certificate)) error("clientIdentity.cert", "not a certificate in PEM");
  if (!clientIdentity.key?.includes("PRIVATE KEY-----")) error("clientIdentity.key", "not a private key in PEM");
};

/** What must hold within documents about the machine itself and its registries. */
export const machineDocumentRules: { readonly [Kind in DocumentKind]?: DocumentRule<Kind> } = {
  ExtensionServiceConfig: extension,
  KmsgLogConfig: kernelLog,
  RegistryAuthConfig: access,
  RegistryTLSConfig: trust,
  SideroLinkConfig: management,
  WatchdogTimerConfig: watchdog,
};
