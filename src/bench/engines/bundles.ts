/** A checkout's folder as the supervisor reads it, with the services as images hold them: one JavaScript file each. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { bundleService, entryOf } from "#images/bundle";

/** @returns the folder: sources would be measured together with what strips their types */
export async function bundledRoot(root: string, services: readonly string[], folder: string): Promise<string> {
  await Promise.all(
    services.map(async (service) => {
      await bundleService(root, service, join(folder, "services", service));
      // Node takes the kind of a file from the name that the link leads to.
      symlinkSync("main.mjs", join(folder, entryOf(service)));
    }),
  );
  symlinkSync(join(root, "gitops"), join(folder, "gitops"));
  return folder;
}
