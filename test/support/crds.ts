import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Folder of the CRDs of the releases in cdk8s.yaml; they are not part of the project. */
export const crdsFolder = (): string => {
  const folder = resolve(process.env.TODO_CRDS_DIR ?? "../shared/crds");
  if (!existsSync(folder))
    throw new Error(`no CRDs in ${folder}: set TODO_CRDS_DIR to a folder that holds those of cdk8s.yaml`);
  return folder;
};

/** What is left of a Helm directive after YAML read it as a map. */
const HELM_REMAINS = /^"\{\\n.*": null$/gm;

/** Copies CRDs into `target` without the remains of Helm directives that some charts' files carry. @returns `target` */
export function copyPlainCrds(source: string, target: string): string {
  for (const name of readdirSync(source).filter((file) => file.endsWith(".yaml"))) {
    writeFileSync(join(target, name), readFileSync(join(source, name), "utf8").replace(HELM_REMAINS, ""));
  }
  return target;
}
