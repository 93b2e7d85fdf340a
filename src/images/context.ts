/** The folder that an image is built from: what runs, its bill of materials, and how the base is stripped. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { idleConnections } from "#model/idle-connections";
import { UserError } from "#model/user-error";
import { bundleService, entryOf, type PackageFolders } from "./bundle.ts";
import { buildFrontend, FRONTEND } from "./frontend.ts";
import { frontendPackages } from "./frontend-packages.ts";
import { sbom } from "./sbom.ts";

export interface ContextProps {
  readonly root: string;
  readonly image: string;
  readonly version: string;
  readonly node: string;
  readonly epoch: number;
  /** Made anew. */
  readonly folder: string;
  /** What takes a while, for people. */
  readonly say: (line: string) => void;
}

/** @throws UserError for an image that has no sources, and where the front end cannot be built */
export async function writeContext({ root, image, folder, say, ...rest }: ContextProps): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const app = join(folder, "app");
  mkdirSync(app, { recursive: true });
  const packages = await (image === FRONTEND ? frontendInto(root, app, say) : serviceInto(root, image, app));
  writeFileSync(join(app, "sbom.spdx.json"), sbom({ root, image, packages, ...rest }));
  cpSync(join(root, "images/collect-runtime.sh"), join(folder, "collect-runtime.sh"));
}

function serviceInto(root: string, image: string, app: string): Promise<PackageFolders> {
  if (!existsSync(join(root, entryOf(image)))) {
    throw new UserError(`${image} has no ${entryOf(image)}, so there is nothing to put into an image`, "Name another");
  }
  return bundleService(root, image, app);
}

/** The server that `next build` made, with the packages that it loads. */
async function frontendInto(root: string, app: string, say: (line: string) => void): Promise<PackageFolders> {
  await buildFrontend(root, say);
  cpSync(join(root, "frontend/.next/standalone"), app, { recursive: true, verbatimSymlinks: true });
  const main = [
    // Kubernetes sets HOSTNAME to the pod's name; Next would listen on that address alone, where no sidecar asks.
    'process.env.HOSTNAME = process.env.HOST ?? "0.0.0.0";',
    `process.env.KEEP_ALIVE_TIMEOUT = "${idleConnections.serverMs}";`,
    'await import("./frontend/server.js");',
    "",
  ];
  writeFileSync(join(app, "main.mjs"), main.join("\n"));
  return [...new Set([...tracedPackages(app).map((path) => relative(app, path)), ...frontendPackages(root)])];
}

function tracedPackages(folder: string): string[] {
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  const packages = names.map((name) => join(modules, name)).filter((path) => existsSync(join(path, "package.json")));
  return packages.flatMap((path) => [path, ...tracedPackages(path)]).sort();
}
