import * as z from "zod";

/** Beyond what every service reads. */
export const environment = {
  /** Names under which the MCP endpoint may be asked, beside this machine's own: anything else is DNS rebinding. */
  MCP_ALLOWED_HOSTS: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(",")
        .map((host) => host.trim())
        .filter(Boolean),
    ),
} as const;
