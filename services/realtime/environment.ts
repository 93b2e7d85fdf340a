import * as z from "zod";

const seconds = (fallback: number) => z.coerce.number().positive().max(86_400).default(fallback);
const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

/** Beyond what every service reads. */
export const environment = {
  /** Origins beside PUBLIC_ORIGIN from which browsers may connect, separated by commas. */
  ALLOWED_ORIGINS: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(",")
        .map((origin) => origin.trim())
        .filter(Boolean),
    ),
  /** How long updates are kept for clients that come back. */
  KEEP_HOURS: z.coerce.number().positive().max(168).default(24),
  /** A connection ends after it, so that who signed out elsewhere does not stay. */
  SESSION_SECONDS: seconds(3600),
  /** Who did not answer the last ping when the next is due is gone. */
  HEARTBEAT_SECONDS: seconds(30),
  /** How long a client may leave more than MAX_BUFFERED_BYTES unread. */
  SLOW_SECONDS: seconds(30),
  /** Bytes kept in memory for one client; what comes after waits in the database. */
  MAX_BUFFERED_BYTES: count(262_144),
  /** On one replica. */
  MAX_CONNECTIONS_PER_USER: count(20),
  /** On one replica: at 40 to 70 KiB each (bench:realtime) they fit its memory limit. */
  MAX_CONNECTIONS: count(1_000),
  /** How long it goes unnoticed that another replica ended between its commit and its notification. */
  SWEEP_SECONDS: seconds(5),
} as const;
