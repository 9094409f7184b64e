import { dirname, join } from "node:path";
import { type SizeRow, sizeTable } from "./size-table.ts";

interface PackedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly package?: string;
}

export interface Results {
  readonly binary: string;
  readonly squashfs: string;
  readonly initramfs: string;
  readonly kernel: string;
}

/** Where the room goes: the parts as they are stored, and the root file system's packages before compression. */
export async function describeSizes({ binary, squashfs, initramfs, kernel }: Results): Promise<string> {
  const size = (name: string, path: string): SizeRow => ({ name, sizeBytes: Bun.file(path).size });
  const parts = [size("machined", binary), size("root file system (compressed)", squashfs)];
  const stored = [size("kernel", kernel), size("initramfs", initramfs)];
  const files: readonly PackedFile[] = await Bun.file(join(dirname(squashfs), "files.json")).json();
  const byPackage = new Map<string, number>();
  for (const { path, sizeBytes, package: name } of files) {
    const component = name ?? (path.startsWith("usr/lib/modules/") ? "kernel modules" : "base");
    byPackage.set(component, (byPackage.get(component) ?? 0) + sizeBytes);
  }
  const rows = [...byPackage].map(([name, sizeBytes]) => ({ name, sizeBytes }));
  return [
    sizeTable("What is booted", stored),
    sizeTable("Largest parts of the initramfs", parts),
    sizeTable("Root file system before compression, by package", rows),
  ].join("\n");
}
