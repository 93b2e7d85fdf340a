import * as z from "zod";

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );

/** Beyond what every service reads. */
export const environment = {
  /** Sender of mails, e.g. `Todo <todo@example.com>`. @default todo@ the host of PUBLIC_ORIGIN */
  MAIL_FROM: z.string().min(3).optional(),
  /**
   * `host:port` of webhook receivers that need not be public and may speak plain HTTP: for a laptop or a trusted network.
   * The cluster's network policy stays closed to them.
   */
  WEBHOOK_TRUSTED_HOSTS: list,
} as const;

export type NotificationsEnvironment = typeof environment;
