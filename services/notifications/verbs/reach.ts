/** By which ways a user is reached beside the app. */
import type { OutsideChannel } from "#contracts/http/notifications";
import type { ChannelsTable } from "../data/tables.ts";

export interface Target {
  readonly channel: OutsideChannel;
  readonly target: string;
}

export interface Reach {
  /** Whether the installation has a mail server. */
  readonly canMail: boolean;
  targetsOf(channels: Omit<ChannelsTable, "user_id">): readonly Target[];
}

export const reachOf = (canMail: boolean): Reach => ({
  canMail,
  targetsOf: ({ email_enabled, email_address, email_confirmed_at, webhook_enabled, webhook_url }) => [
    ...(canMail && email_enabled && email_address && email_confirmed_at
      ? [{ channel: "email", target: email_address } as const]
      : []),
    ...(webhook_enabled && webhook_url ? [{ channel: "webhook", target: webhook_url } as const] : []),
  ],
});
