/** The bill of materials of an image's own files: scanners cannot see packages inside a bundle. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PackageFolders } from "./bundle.ts";

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: unknown;
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly purl: string;
}

export interface SbomProps {
  readonly root: string;
  readonly image: string;
  readonly version: string;
  readonly packages: PackageFolders;
  /** Version of Node in the image. */
  readonly node: string;
  /** Seconds since 1970: the commit's time, so that the same commit gives the same bytes. */
  readonly epoch: number;
}

/** An SPDX 2.3 document as JSON text, packages in order of their names. */
export function sbom({ root, image, version, packages, node, epoch }: SbomProps): string {
  const components = [...unique(packages.map((folder) => componentOf(root, folder))), nodeComponent(node)];
  const described = components.map((component) => ({ ...spdxPackage(component), SPDXID: idOf(component) }));
  const content = createHash("sha256").update(JSON.stringify(described)).digest("hex");
  const own = "SPDXRef-image";
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `${image}-${version}`,
    documentNamespace: `urn:todo:sbom:${image}:${version}:${content}`,
    creationInfo: {
      created: new Date(epoch * 1000).toISOString().replace(".000", ""),
      creators: ["Tool: todo-images"],
    },
    packages: [
      {
        name: image,
        SPDXID: own,
        versionInfo: version,
        downloadLocation: "NOASSERTION",
        filesAnalyzed: false,
        licenseConcluded: "NOASSERTION",
        licenseDeclared: "Apache-2.0",
        copyrightText: "NOASSERTION",
        primaryPackagePurpose: "APPLICATION",
      },
      ...described,
    ],
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: own },
      ...described.map(({ SPDXID }) => ({
        spdxElementId: own,
        relationshipType: "CONTAINS",
        relatedSpdxElement: SPDXID,
      })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function componentOf(root: string, folder: string): Component {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;
  if (!name || !version) throw new TypeError(`${folder}/package.json names no package or no version`);
  return {
    name,
    version,
    license: typeof license === "string" && isExpression(license) ? license : "NOASSERTION",
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
  };
}

// What npm allows beside SPDX expressions (`SEE LICENSE IN ...`, `UNLICENSED`) is none.
const isExpression = (license: string): boolean =>
  /^[\w.()+-]+(?: (?:AND|OR|WITH) [\w.()+-]+)*$/.test(license) && license !== "UNLICENSED";

const nodeComponent = (version: string): Component => ({
  name: "node",
  version,
  license: "NOASSERTION",
  purl: `pkg:generic/node@${version}`,
});

function unique(components: readonly Component[]): Component[] {
  const byPurl = new Map(components.map((component) => [component.purl, component]));
  return [...byPurl.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

const idOf = ({ purl }: Component): string => `SPDXRef-${purl.replace(/[^A-Za-z0-9.]+/g, "-")}`;

const spdxPackage = ({ name, version, license, purl }: Component) => ({
  name,
  versionInfo: version,
  downloadLocation: "NOASSERTION",
  filesAnalyzed: false,
  licenseConcluded: "NOASSERTION",
  licenseDeclared: license,
  copyrightText: "NOASSERTION",
  externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl }],
});
