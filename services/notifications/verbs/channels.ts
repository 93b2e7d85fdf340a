/** How a user wants to be reached, and the proof that a mail address is his. */
import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import type { Transaction } from "kysely";
import { type Channels, type ChannelsChange, type OutsideChannel, outsideChannel } from "#contracts/http/notifications";
import { AppError } from "#kit/errors";
import { guardUser } from "#kit/tombstones";
import type { NotificationsContext } from "../context.ts";
import {
  countAttempt,
  forgetChannels,
  lockChannels,
  readChannels,
  readCode,
  spendCode,
  writeChannels,
  writeCode,
} from "../data/channel-rows.ts";
import { addDelivery, type Delivery, lastTestAt, readDelivery, withdraw } from "../data/delivery-rows.ts";
import type { CodesTable, DB } from "../data/tables.ts";
import { signingSecretOf } from "../domain/signature.ts";
import { refusalOf } from "../domain/webhook-url.ts";
import type { Reach } from "./reach.ts";

export interface ChannelsProps {
  readonly signingKey: string;
  readonly reach: Reach;
  /** There is something to deliver. */
  readonly deliver: () => void;
}

type Context = Pick<NotificationsContext, "db" | "transaction" | "clock" | "ids" | "config">;

const CODE = { validMs: 3_600_000, attempts: 5, everyMs: 60_000, aDay: 10, dayMs: 86_400_000 } as const;
const TEST_EVERY_MS = 10_000;

export async function shownChannels(
  { db }: Pick<Context, "db">,
  { signingKey, reach }: ChannelsProps,
  userId: string,
): Promise<Channels> {
  const row = await readChannels(db, userId);
  return {
    email: {
      available: reach.canMail,
      enabled: row.email_enabled,
      address: row.email_address,
      confirmed: row.email_confirmed_at !== null,
    },
    webhook: {
      enabled: row.webhook_enabled,
      url: row.webhook_url,
      signingSecret: signingSecretOf(signingKey, userId),
    },
  };
}

/** @throws AppError `unprocessable` for what cannot be reached, `too-many-requests` for too many codes */
export async function changeChannels(
  context: Context,
  props: ChannelsProps,
  userId: string,
  { email, webhook: asked }: ChannelsChange,
): Promise<void> {
  // As it will be asked for: without what a URL cannot hold, and what a row cannot keep.
  const webhook = asked && { ...asked, url: asked.url === null ? null : new URL(asked.url).href };
  if (webhook) refuseUnreachable(webhook, context.config.env.WEBHOOK_TRUSTED_HOSTS);
  if (email?.enabled && email.address === null) throw field("email.address", "is needed to send mails");
  if (email?.enabled && !props.reach.canMail) throw field("email.enabled", "this installation cannot send mails");
  await context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const before = await lockChannels(transaction, userId);
    const now = context.clock.now();
    if (webhook) {
      await writeChannels(transaction, userId, { webhook_enabled: webhook.enabled, webhook_url: webhook.url });
      await withdraw(transaction, userId, "webhook", { enabled: webhook.enabled, target: webhook.url }, now);
    }
    if (!email) return;
    await withdraw(transaction, userId, "email", { enabled: email.enabled, target: email.address }, now);
    const isNew = email.address !== before.email_address;
    await writeChannels(transaction, userId, {
      email_enabled: email.enabled,
      email_address: email.address,
      ...(isNew ? { email_confirmed_at: null } : {}),
    });
    const unproven = email.address !== null && (isNew || before.email_confirmed_at === null);
    if (unproven && props.reach.canMail) await sendCode(context, transaction, userId, email.address as string, isNew);
  });
  props.deliver();
}

const field = (path: string, message: string): AppError =>
  new AppError("unprocessable", `${path} ${message}`, { errors: [{ path: `body.${path}`, message }] });

function refuseUnreachable({ enabled, url }: NonNullable<ChannelsChange["webhook"]>, trusted: readonly string[]): void {
  if (enabled && url === null) throw field("webhook.url", "is needed to send webhooks");
  const refusal = url === null ? undefined : refusalOf(new URL(url), trusted);
  if (refusal) throw field("webhook.url", refusal);
}

const digestOf = (userId: string, address: string, code: string): Buffer =>
  createHash("sha256").update(`${userId}\n${address}\n${code}`).digest();

/** Saving the same address again asks for another code, but not within a minute. */
async function sendCode(
  { clock, ids }: Context,
  transaction: Transaction<DB>,
  userId: string,
  address: string,
  isNew: boolean,
): Promise<void> {
  const now = clock.now();
  const last = await readCode(transaction, userId);
  if (last && now.getTime() - last.sent_at.getTime() < CODE.everyMs) {
    if (!isNew) return;
    throw tooSoon(last.sent_at.getTime() + CODE.everyMs - now.getTime());
  }
  const counted = last && now.getTime() - last.counted_from.getTime() < CODE.dayMs ? last : undefined;
  if (counted && counted.sent >= CODE.aDay) throw tooSoon(counted.counted_from.getTime() + CODE.dayMs - now.getTime());
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  await writeCode(transaction, {
    user_id: userId,
    address,
    digest: digestOf(userId, address, code),
    expires_at: new Date(now.getTime() + CODE.validMs),
    attempts: 0,
    sent_at: now,
    counted_from: counted?.counted_from ?? now,
    sent: (counted?.sent ?? 0) + 1,
  });
  await addDelivery(transaction, {
    id: ids.next(),
    user_id: userId,
    notification_id: null,
    channel: "email",
    target: address,
    message: { kind: "code", code },
    created_at: now,
  });
}

const tooSoon = (milliseconds: number): AppError =>
  new AppError("too-many-requests", "Codes were sent to other addresses a moment ago", {
    retryAfterSeconds: Math.ceil(milliseconds / 1000),
  });

/** @throws AppError `unprocessable` for a code that is wrong, spent or too old: all the same to whoever guesses */
export async function confirmEmail(context: Context, userId: string, given: string): Promise<void> {
  const now = context.clock.now();
  const isRight = await context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const { email_address: address } = await lockChannels(transaction, userId);
    const code = await readCode(transaction, userId);
    if (!code || !address || !mayBe(code, address, now)) return false;
    if (!timingSafeEqual(code.digest, digestOf(userId, address, given))) {
      await countAttempt(transaction, userId);
      return false;
    }
    await spendCode(transaction, userId, now);
    await writeChannels(transaction, userId, { email_confirmed_at: now });
    return true;
  });
  if (!isRight) throw field("code", "is wrong or no longer valid: save the address again for another one");
}

const mayBe = (code: CodesTable, address: string, now: Date): boolean =>
  code.address === address && code.expires_at > now && code.attempts < CODE.attempts;

export async function forget({ transaction, clock }: Context, userId: string): Promise<void> {
  await transaction(async (trx) => {
    await guardUser(trx, userId);
    await forgetChannels(trx, userId);
    for (const channel of outsideChannel.options)
      await withdraw(trx, userId, channel, { enabled: false, target: null }, clock.now());
  });
}

/** @throws AppError `unprocessable` where the channel is not set up, `too-many-requests` within ten seconds of the last */
export async function sendTest(
  context: Context,
  { reach, deliver }: ChannelsProps,
  userId: string,
  channel: OutsideChannel,
): Promise<Delivery> {
  const added = await context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    const now = context.clock.now();
    const found = reach.targetsOf(await lockChannels(transaction, userId)).find((target) => target.channel === channel);
    if (!found) throw field("channel", `${channel} is not set up: give an address, confirm it and enable it`);
    const last = await lastTestAt(transaction, userId, channel);
    if (last && now.getTime() - last.getTime() < TEST_EVERY_MS) {
      throw new AppError("too-many-requests", "One test in ten seconds is enough", {
        retryAfterSeconds: Math.ceil((last.getTime() + TEST_EVERY_MS - now.getTime()) / 1000),
      });
    }
    const id = context.ids.next();
    await addDelivery(transaction, {
      id,
      user_id: userId,
      notification_id: null,
      channel,
      target: found.target,
      message: { kind: "test", sentAt: now.toISOString() },
      created_at: now,
    });
    return readDelivery(transaction, id);
  });
  deliver();
  return added;
}
