import { VERSION } from "../../src/version.ts";
import type { LockedPackage, PackageLock } from "../packages/lock.ts";
import { hashOf } from "../steps/cache.ts";

/** A module of Go that programs of the image were compiled from. */
export interface GoModule {
  readonly name: string;
  readonly version: string;
}

/**
 * What the image is made of, in SPDX 2.3 JSON (spdx.github.io/spdx-spec), for scanners.
 * @param used names of the packages of which at least one file is in the image.
 */
export function billOfMaterials(lock: PackageLock, used: ReadonlySet<string>, compiled: readonly GoModule[]): Blob {
  const packages = [lock.kernel, ...lock.packages].filter(({ name }) => used.has(name));
  const own = {
    SPDXID: "SPDXRef-machined",
    name: "machined",
    versionInfo: VERSION,
    licenseConcluded: "MIT",
    licenseDeclared: "MIT",
    copyrightText: "NOASSERTION",
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
  };
  const modules = compiled.map(spdxModule);
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `machined-${VERSION}`,
    documentNamespace: `https://machined.dev/spdx/${hashOf(packages.map(({ sha256 }) => sha256)).slice(0, 32)}`,
    // When the list of packages was made, not when the image was: the same list gives the same file.
    creationInfo: { created: isoTime(lock.snapshot), creators: [`Tool: machined-build-${VERSION}`] },
    packages: [own, ...modules, ...packages.map((item) => spdxPackage(item, lock.suite))],
    relationships: [own, ...modules]
      .map(({ SPDXID }) => SPDXID)
      .concat(packages.map(spdxId))
      .map((id) => ({
        spdxElementId: "SPDXRef-DOCUMENT",
        relationshipType: "DESCRIBES",
        relatedSpdxElement: id,
      })),
  };
  return new Blob([`${JSON.stringify(document, undefined, 1)}\n`]);
}

/** What is said of packages that others made. */
const notLookedInto = {
  filesAnalyzed: false,
  licenseConcluded: "NOASSERTION",
  licenseDeclared: "NOASSERTION",
  copyrightText: "NOASSERTION",
} as const;

/** How package managers call it (github.com/package-url/purl-spec). */
const purl = (referenceLocator: string) => [
  { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator },
];

function spdxPackage(item: LockedPackage, suite: string) {
  return {
    SPDXID: spdxId(item),
    name: item.name,
    versionInfo: item.version,
    supplier: "Organization: Debian",
    downloadLocation: `http://deb.debian.org/${item.path}`,
    checksums: [{ algorithm: "SHA256", checksumValue: item.sha256 }],
    ...notLookedInto,
    externalRefs: purl(
      `pkg:deb/debian/${encodeURIComponent(item.name)}@${encodeURIComponent(item.version)}?distro=${suite}`,
    ),
  };
}

/** The modules that it needs in turn are named in its programs, for scanners of those. */
function spdxModule({ name, version }: GoModule) {
  return {
    SPDXID: spdxId({ name }),
    name,
    versionInfo: version,
    downloadLocation: `https://${name}`,
    ...notLookedInto,
    externalRefs: purl(`pkg:golang/${name}@${version}`),
  };
}

/** SPDX allows letters, digits, dots and dashes. */
function spdxId({ name }: Pick<LockedPackage, "name">): string {
  return `SPDXRef-${name.replace(/[^A-Za-z0-9.-]/g, "-")}`;
}

function isoTime(snapshot: string): string {
  return snapshot.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
}
