import * as z from "zod";

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean),
  );

const amount = (fallback: number) => z.coerce.number().int().min(1).max(1_000_000).default(fallback);

/** Beyond what every service reads. */
export const environment = {
  /** Tag of the running image; the image sets it. */
  VERSION: z.string().default("unreleased"),
  /** Origins beside PUBLIC_ORIGIN whose pages may change things here, separated by commas. */
  TRUSTED_ORIGINS: list,
  /** Proxies before this one that each add an address to X-Forwarded-For. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(1),
  /** How long a session may be believed without asking the database: also how long other replicas believe one that ended. */
  SESSION_CACHE_SECONDS: z.coerce.number().min(0).max(60).default(60),
  /** Requests a user may make at once, and how many more each second; by replica. */
  RATE_LIMIT_BURST: amount(1_000),
  RATE_LIMIT_PER_SECOND: amount(100),
  /** Turns with the assistant: they cost most. */
  RATE_LIMIT_CHAT_BURST: amount(60),
  RATE_LIMIT_CHAT_PER_MINUTE: amount(60),
  /** Sign-ins and sign-ups from one address within a minute, across replicas. */
  RATE_LIMIT_SIGN_IN_PER_MINUTE: amount(120),
  /** Wrong passwords for one account within a quarter of an hour, across replicas. */
  RATE_LIMIT_WRONG_PASSWORDS: amount(20),
} as const;
