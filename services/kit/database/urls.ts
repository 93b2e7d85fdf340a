import { secretNames } from "#model/names";
import type { Config } from "../config.ts";
import { StartError } from "../errors.ts";
import type { Sidecar } from "../sidecar/port.ts";

export interface DatabaseUrls {
  /** Through the pooler, where there is one. */
  readonly url: string;
  /** Past any pooler: LISTEN and advisory locks need a session of their own. */
  readonly directUrl: string;
}

/**
 * From the environment, else from the secret store through the sidecar.
 * @throws StartError when neither has it
 */
export async function databaseUrls(config: Config, sidecar: Sidecar): Promise<DatabaseUrls> {
  if (config.DATABASE_URL) {
    return { url: config.DATABASE_URL, directUrl: config.DATABASE_DIRECT_URL ?? config.DATABASE_URL };
  }
  const name = secretNames.database(config.service);
  const fields = await sidecar.secret(name);
  const url = fields?.url;
  if (!url)
    throw new StartError(
      `${config.service} has no database: set DATABASE_URL, or seed the secret "${name}" with "url"`,
    );
  return { url, directUrl: fields["direct-url"] ?? url };
}
