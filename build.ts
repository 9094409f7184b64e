import { join } from "node:path";
import { parseArgs } from "node:util";
import { compileBinary, publishBinary } from "./initramfs/steps/binary.ts";
import { repository } from "./initramfs/steps/files.ts";
import type { BuildOptions } from "./initramfs/steps/options.ts";
import { generateProto } from "./initramfs/steps/proto.ts";
import { Failure } from "./src/errors/failure.ts";
import { messageOf } from "./src/errors/message.ts";

const options: BuildOptions = {
  arch: "amd64",
  output: join(repository, "_out"),
  compression: "lz4",
  images: "probe",
  fresh: false,
};
const { positionals } = parseArgs({ allowPositionals: true, strict: false });

async function binary() {
  await generateProto();
  await publishBinary(await compileBinary(options), options);
}

const commands: Record<string, () => Promise<void>> = { proto: generateProto, binary };

try {
  const command = commands[positionals[0] ?? "binary"];
  if (command === undefined) throw new Failure(`Cannot build "${positionals[0]}": it is not a target`);
  await command();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  if (error instanceof Failure && error.hint !== undefined) process.stderr.write(`${error.hint}\n`);
  process.exitCode = 1;
}
