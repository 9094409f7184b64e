import { list, section, string } from "../describe.ts";

/** `ExtensionServiceConfig`: settings of a service that came with a system extension. */
export const extensionServiceConfig = section({
  doc: "Settings of a service that a system extension brings; the service starts once it has them.",
  since: "1.7",
  effect: "live",
  fields: {
    name: string({ doc: "Name of the service, without ext-.", required: true, example: "nut-client" }),
    configFiles: list(
      section({
        doc: "A file.",
        fields: {
          content: string({ doc: "What it holds.", required: true }),
          mountPath: string({
            doc: "Where the service sees it.",
            required: true,
            example: "/usr/local/etc/nut/upsmon.conf",
          }),
        },
      }),
      {
        doc: "Files the service reads.",
        merge: { keys: ["mountPath"] },
        example: [
          { content: "MONITOR ups@host 1 remote username password", mountPath: "/usr/local/etc/nut/upsmon.conf" },
        ],
      },
    ),
    environment: list(string({ doc: "NAME=value." }), {
      doc: "Its environment, each NAME=value.",
      example: ["NUT_UPS=upsname"],
    }),
  },
});
