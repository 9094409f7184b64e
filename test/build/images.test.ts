import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { componentImages } from "../../initramfs/components/images.ts";
import { dependentOf } from "../../initramfs/rootfs/libraries.ts";
import { exists } from "../../initramfs/steps/cache.ts";
import { repository } from "../../initramfs/steps/files.ts";
import { runTool } from "../../initramfs/steps/tool.ts";
import { parseImageReference } from "../../src/oci/image-reference.ts";
import { readLayout, referenceName } from "../../src/oci/layout/layout.ts";
import { serveLayout } from "../../src/oci/registry/serve-layout.ts";

/** The images that the last build made; none where upstream's are pulled. */
const layout = join(repository, "_out/image-cache");
const listed = (await exists(layout)) ? await readLayout(layout) : [];
const references = new Set(listed.map(({ annotations }) => annotations?.[referenceName]));
const built = componentImages.filter(({ reference }) => references.has(reference));

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly [{ readonly digest: string; readonly size: number }];
}

interface ImageConfig {
  readonly config: { readonly User?: string; readonly Entrypoint: readonly [string] };
}

/** What makes a program say its version. */
const versionFlags: Readonly<Record<string, string>> = { coredns: "-version", "http-server": "-version" };

describe.if(built.length > 0)("an image of the build, pulled as a machine does", () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: serveLayout(layout) });
  let directory: string | undefined;
  afterAll(async () => {
    await server.stop(true);
    if (directory !== undefined) await rm(directory, { recursive: true });
  });

  async function pull(reference: string, target: string) {
    const { registry, repository: path, tag } = parseImageReference(reference);
    const ask = (rest: string) => fetch(new URL(`/v2/${path}/${rest}?ns=${registry}`, server.url));
    const manifest = (await (await ask(`manifests/${tag}`)).json()) as Manifest;
    const image = (await (await ask(`blobs/${manifest.config.digest}`)).json()) as ImageConfig;
    const [layer] = manifest.layers;
    const archive = `${target}.tar`;
    await Bun.write(archive, await ask(`blobs/${layer.digest}`));
    await mkdir(target);
    await runTool({ argv: ["tar", "-xf", archive, "-C", target] });
    return { config: image.config, layer };
  }

  test.each(built.map((image) => [image.name, image] as const))("%s", async (name, image) => {
    directory ??= await mkdtemp(join(tmpdir(), "machined-images-"));
    const root = join(directory, name);
    const { config, layer } = await pull(image.reference, root);
    expect(config.User).toBe(image.user);
    expect(layer.size).toBeLessThan(120e6);

    // Without a loader: it runs in an image that has no libraries.
    for (const path of Object.keys(image.programs))
      expect({ path, ...(await dependentOf(path, Bun.file(join(root, path)))) }).toMatchObject({ path, needed: [] });
    for (const path of Object.keys(image.links ?? {})) expect(await exists(join(root, path))).toBe(true);

    if (name === "pause") return;
    // Some say it on standard error.
    const argv = [join(root, config.Entrypoint[0]), versionFlags[name] ?? "--version"];
    const child = Bun.spawn(argv, { stdout: "pipe", stderr: "pipe" });
    const said = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect(await child.exited).toBe(0);
    expect(said.join("")).toContain((parseImageReference(image.reference).tag ?? "").replace(/^v/, ""));
  });
});
