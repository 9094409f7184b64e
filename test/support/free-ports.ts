/** TCP ports of loopback that nobody has now: all held at once, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({ length: count }, () =>
    Bun.listen({ hostname: "0.0.0.0", port: 0, socket: { data() {} } }),
  );
  const ports = holders.map(({ port }) => port);
  for (const holder of holders) holder.stop(true);
  return ports;
}
