/**
 * Runs `nft` in the network namespace of this thread.
 * @returns what it prints
 * @throws Error with its explanation
 */
export function nft(argv: readonly string[], input = ""): string {
  const program = Bun.which("nft", { PATH: `${process.env.PATH}:/usr/sbin:/sbin` });
  if (program === null) throw new Error("Cannot look at the packet filter: the package nftables is missing");
  const { exitCode, stdout, stderr } = Bun.spawnSync([program, ...argv], { stdin: Buffer.from(input) });
  if (exitCode !== 0) throw new Error(`Cannot run nft ${argv.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}
