import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseMachineConfig } from "../../../config/index.ts";
import { testConfig } from "../../../config/testing.ts";
import { memoryState } from "../../../cosi/memory/memory-state.ts";
import { roleHeader } from "../../../grpc/authorize.ts";
import { metadataFrom } from "../../../grpc/metadata.ts";
import { Code } from "../../../grpc/status.ts";
import { machine } from "../../../proto/index.ts";
import { MachineConfiguration } from "../../configuration/configuration.ts";
import { applyConfiguration } from "./apply-configuration.ts";

const { Mode } = machine.ApplyConfigurationRequest;
const directory = await mkdtemp(join(tmpdir(), "apply-"));
afterAll(() => rm(directory, { recursive: true }));

const first = testConfig("worker");
const hard = first.replace("machine:", "machine:\n    env:\n        PROXY: http://proxy");
let reboots = 0;
const configuration = new MachineConfiguration({
  ...{ state: memoryState(), log: () => {}, mode: "metal", directory },
  reboot: () => {
    reboots += 1;
  },
});
await configuration.acquired(parseMachineConfig(first), "platform");

/** The reply to a request as it comes over the wire, or what it is refused with. */
async function apply(
  fields: machine.ApplyConfigurationRequest.$Properties,
): Promise<machine.ApplyConfiguration.$Properties> {
  const { encode, decode } = machine.ApplyConfigurationRequest;
  const request = decode(encode(fields).finish());
  const metadata = metadataFrom({ [roleHeader]: "os:admin" });
  const { messages } = await applyConfiguration({ configuration }, request, { metadata });
  return messages?.[0] ?? {};
}

const data = (text: string) => new TextEncoder().encode(text);
const refusal = (fields: machine.ApplyConfigurationRequest.$Properties) => apply(fields).catch((thrown) => thrown);

test("a client that knows no modes asks for a reboot", async () => {
  expect(await apply({ data: data(first) })).toMatchObject({
    mode: Mode.REBOOT,
    mode_details: "Applied configuration with a reboot",
  });
  expect(reboots).toBe(1);
});

test.each([
  [Mode.AUTO, hard, Mode.REBOOT],
  [Mode.AUTO, first, Mode.NO_REBOOT],
  [Mode.STAGED, hard, Mode.STAGED],
  [Mode.TRY, first, Mode.TRY],
])("mode %d comes to what the reply says", async (mode, text, came) => {
  expect(await apply({ data: data(text), mode, dry_run: true })).toMatchObject({ mode: came });
});

test("a trial lasts a minute, or as long as is asked for", async () => {
  const request = { data: data(first), mode: Mode.TRY };
  expect((await apply(request)).mode_details).toEndWith("reverted back in 1m0s");
  const longer = { ...request, try_mode_timeout: { seconds: 90, nanos: 500_000_000 } };
  expect((await apply(longer)).mode_details).toEndWith("reverted back in 1m30.5s");
  await apply({ data: data(first), mode: Mode.STAGED });
});

test("what a client got wrong is its argument", async () => {
  const invalid = first.replace("type: worker", "type: boss");
  for (const fields of [
    { data: data(invalid), mode: Mode.AUTO },
    { data: data(hard), mode: Mode.NO_REBOOT },
    { data: new Uint8Array([0x61, 0xff]), mode: Mode.AUTO },
    { data: data(first), mode: 9 },
    { data: data(first), mode: Mode.TRY, try_mode_timeout: { seconds: 0, nanos: 0 } },
    {},
  ]) {
    expect(await refusal(fields)).toMatchObject({ code: Code.invalidArgument });
  }
  const { message } = await refusal({ data: data(invalid), mode: Mode.AUTO });
  expect(message).toMatch(/^config:\d+:\d+: machine\.type: Cannot use "boss"/);
});

test("warnings come with the reply", async () => {
  const old = first.replace("type: worker", "type: join");
  const { warnings } = await apply({ data: data(old), mode: Mode.STAGED });
  expect(warnings).toEqual([expect.stringMatching(/^config:\d+:\d+: machine\.type: use "worker" instead of "join"/)]);
});
