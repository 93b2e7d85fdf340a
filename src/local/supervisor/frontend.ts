/** The front end's process: the same server as in its image. */
import { join } from "node:path";
import { buildFrontend, hasFrontend, SERVER } from "#images/frontend";
import { idleConnections } from "#model/idle-connections";
import type { System } from "#model/system";

export interface FrontendProcess {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** @returns undefined where there is no front end in the checkout */
export async function frontendProcess(
  root: string,
  model: System,
  say: (line: string) => void,
): Promise<FrontendProcess | undefined> {
  if (!hasFrontend(root)) return undefined;
  await buildFrontend(root, say);
  const PORT = String(model.services.frontend?.port ?? 3000);
  const KEEP_ALIVE_TIMEOUT = String(idleConnections.serverMs);
  return {
    args: [join(root, SERVER)],
    env: { NODE_ENV: "production", PORT, HOSTNAME: "127.0.0.1", KEEP_ALIVE_TIMEOUT },
  };
}
