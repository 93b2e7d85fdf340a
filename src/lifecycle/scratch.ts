import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { linkPackages } from "./render-at.ts";

/** What a copy needs so that every command of the life cycle runs in it. */
const copied = [
  ".gitattributes",
  ".gitignore",
  "cdk8s.yaml",
  "charts",
  "config/images",
  "imports",
  "package-lock.json",
  "package.json",
  "services",
  "src",
];

/** Copies the project without its history, renderings and records. The packages are shared. */
export function copyProject(from: string, to: string): void {
  for (const name of copied) {
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name), { recursive: true });
  }
  linkPackages(from, to);
}
