/** The API of notifications: what was brought to a user's attention, by which ways, and whether it arrived. */
import * as z from "zod/mini";
import { instant, uuid } from "../primitives.ts";
import { empty, httpApi, json, operation, stream } from "./define.ts";

const count = z.int().check(z.minimum(0));

/** What is shown in the app: a reminder that fired. */
export const notification = z.object({
  id: uuid,
  taskId: uuid,
  /** What the task was called then. */
  title: z.string(),
  sentAt: instant,
  readAt: z.nullable(instant),
});

export const notificationPage = z.object({
  /** Newest first. */
  items: z.array(notification),
  /** Give it back as `cursor` for the next page; null at the end. */
  nextCursor: z.nullable(z.string()),
  /** Of all, not of this page. */
  unread: count,
});

/** Ways beside the app. */
export const outsideChannel = z.enum(["email", "webhook"]);

const emailAddress = z.email().check(z.maxLength(254));

/** HTTPS on port 443, without credentials; anything else only where the installation trusts that host and port. */
const webhookUrl = z.url({ protocol: /^https?$/ }).check(z.maxLength(2_000));

export const channels = z.object({
  email: z.object({
    /** Whether this installation can send mail at all. */
    available: z.boolean(),
    enabled: z.boolean(),
    address: z.nullable(z.string()),
    /** Reminders are mailed only to an address whose owner gave back the code that was sent there. */
    confirmed: z.boolean(),
  }),
  webhook: z.object({
    enabled: z.boolean(),
    url: z.nullable(z.string()),
    /** `whsec_` and the base64 key that `webhook-signature` is made with (Standard Webhooks, HMAC-SHA256). */
    signingSecret: z.string(),
  }),
});

export const channelsChange = z.object({
  email: z.optional(z.object({ enabled: z.boolean(), address: z.nullable(emailAddress) })),
  webhook: z.optional(z.object({ enabled: z.boolean(), url: z.nullable(webhookUrl) })),
});

/** `delivered`: the mail server or the receiver took it. `failed`: given up, or not wanted any more. */
export const deliveryStatus = z.enum(["pending", "delivered", "failed"]);

export const delivery = z.object({
  /** Stands in `Message-ID` and `webhook-id`: the same for every attempt. */
  id: uuid,
  channel: outsideChannel,
  /** `null` for a test, and for the code that confirms an address. */
  notificationId: z.nullable(uuid),
  /** The address it goes to. */
  target: z.string(),
  status: deliveryStatus,
  attempts: count,
  /** Why the last attempt failed. */
  lastError: z.nullable(z.string()),
  createdAt: instant,
  nextAttemptAt: z.nullable(instant),
  finishedAt: z.nullable(instant),
});

export const deliveryPage = z.object({ items: z.array(delivery), nextCursor: z.nullable(z.string()) });

export const MAX_NOTIFICATION_PAGE = 100;

const page = {
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(MAX_NOTIFICATION_PAGE)), 30),
  cursor: z.optional(z.string().check(z.maxLength(200))),
};

export const notificationsApi = httpApi({
  service: "notifications",
  title: "Notifications",
  version: "1.0.0",
  schemas: {
    Notification: notification,
    NotificationPage: notificationPage,
    Channels: channels,
    Delivery: delivery,
    DeliveryPage: deliveryPage,
  },
  operations: {
    list: operation({
      method: "get",
      path: "/v1/notifications",
      summary: "Reminders that fired, newest first, page by page",
      query: z.object({ ...page, unread: z.optional(z.literal("true")) }),
      responses: { 200: json(notificationPage) },
    }),
    read: operation({
      method: "post",
      path: "/v1/notifications/read",
      summary: "Mark notifications as read: some of them, or all",
      body: z.union([
        z.object({ ids: z.array(uuid).check(z.minLength(1), z.maxLength(MAX_NOTIFICATION_PAGE)) }),
        z.object({ all: z.literal(true) }),
      ]),
      responses: { 200: json(z.object({ unread: count })) },
    }),
    channels: operation({
      method: "get",
      path: "/v1/notification-channels",
      summary: "How reminders reach you beside the app",
      responses: { 200: json(channels) },
    }),
    changeChannels: operation({
      method: "put",
      path: "/v1/notification-channels",
      summary: "Change how reminders reach you; what is left out stays",
      description: "A new mail address gets a code, and mails only after that code was given back.",
      body: channelsChange,
      responses: { 200: json(channels) },
      errors: ["unprocessable", "too-many-requests"],
    }),
    confirmEmail: operation({
      method: "post",
      path: "/v1/notification-channels/email/confirm",
      summary: "Give back the code that was sent to your mail address",
      body: z.object({ code: z.string().check(z.regex(/^\d{6}$/)) }),
      responses: { 200: json(channels) },
      errors: ["unprocessable"],
    }),
    test: operation({
      method: "post",
      path: "/v1/notification-channels/test",
      summary: "Send yourself a test by one channel; see deliveries for what became of it",
      body: z.object({ channel: outsideChannel }),
      responses: { 202: json(delivery) },
      errors: ["unprocessable", "too-many-requests"],
    }),
    deliveries: operation({
      method: "get",
      path: "/v1/deliveries",
      summary: "What was sent by mail and webhook, newest first, with what failed",
      query: z.object(page),
      responses: { 200: json(deliveryPage) },
    }),
    forgetChannels: operation({
      method: "delete",
      path: "/v1/notification-channels",
      summary: "Forget mail address and webhook",
      responses: { 204: empty() },
    }),
    export: operation({
      method: "get",
      path: "/v1/export",
      summary: "Everything that notifications keeps of you, one JSON document a line",
      responses: { 200: stream("application/x-ndjson") },
    }),
  },
});

export type Notification = z.output<typeof notification>;
export type NotificationPage = z.output<typeof notificationPage>;
export type Channels = z.output<typeof channels>;
export type ChannelsChange = z.output<typeof channelsChange>;
export type Delivery = z.output<typeof delivery>;
export type DeliveryPage = z.output<typeof deliveryPage>;
export type OutsideChannel = z.output<typeof outsideChannel>;
