import { Failure } from "../errors/failure.ts";

/** What `${…}` in the URL of a config can stand for. */
export const urlVariables = {
  uuid: "UUID of SMBIOS",
  serial: "serial number of SMBIOS",
  mac: "hardware address of the first network interface",
  hostname: "host name",
  code: "download code, which META would hold",
} as const;

export type UrlVariable = keyof typeof urlVariables;
export type UrlValues = Readonly<Partial<Record<UrlVariable, string | undefined>>>;

/** `${uuid}`, in any case of letters, and as clients write it that escape what a query holds. */
const reference = /(?:\$|%24)(?:\{|%7B)([^{}%/?&#]*)(?:\}|%7D)/gi;
/** An argument `uuid` without a value asks for it as well: the form of old. */
const emptyUuid = /([?&]uuid)(?:=(?:%20|\+)*)?(?=&|#|$)/i;

/**
 * Fills in what the URL of a config wants to know about the machine that fetches it.
 * @throws Failure when it names a variable that there is not, or one that this machine has no value for.
 */
export function fillUrl(url: string, values: UrlValues): string {
  return url
    .replace(emptyUuid, (_, name: string) => `${name}=\${uuid}`)
    .replace(reference, (_, name: string) => encodeURIComponent(lookUp(name.toLowerCase(), values)));
}

function lookUp(name: string, values: UrlValues): string {
  if (!isVariable(name)) {
    throw new Failure(`Cannot fill in \${${name}} of talos.config=: there is no such variable`, {
      hint: `There are ${Object.keys(urlVariables)
        .map((known) => `\${${known}}`)
        .join(", ")}`,
    });
  }
  const value = values[name];
  if (value !== undefined && value !== "") return value;
  throw new Failure(`Cannot fill in \${${name}} of talos.config=: this machine has no ${urlVariables[name]} (yet)`);
}

const isVariable = (name: string): name is UrlVariable => Object.hasOwn(urlVariables, name);
