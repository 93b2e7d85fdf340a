/** The HTTP API: routes only adapt it to the verbs. */
import type { notificationsApi } from "#contracts/http/notifications";
import type { Handlers } from "#kit/http/serve-api";
import { guardUser } from "#kit/tombstones";
import type { NotificationsContext } from "./context.ts";
import { countUnread, markRead } from "./data/notification-rows.ts";
import { type ChannelsProps, changeChannels, confirmEmail, forget, sendTest, shownChannels } from "./verbs/channels.ts";
import { exportAll } from "./verbs/export.ts";
import { guardReader } from "./verbs/guard.ts";
import { listDeliveries, listNotifications, shownDelivery } from "./verbs/read.ts";

export function handlers(context: NotificationsContext, props: ChannelsProps): Handlers<typeof notificationsApi> {
  const { db, clock } = context;
  return {
    list: async ({ query: { unread, ...page }, principal: { userId } }) => {
      await guardReader(context, userId);
      return { status: 200, body: await listNotifications(context, userId, { ...page, unread: unread === "true" }) };
    },
    read: async ({ body, principal: { userId } }) => {
      await context.transaction(async (transaction) => {
        await guardUser(transaction, userId);
        await markRead(transaction, userId, "ids" in body ? { ids: body.ids } : {}, clock.now());
      });
      return { status: 200, body: { unread: await countUnread(db, userId) } };
    },
    channels: async ({ principal: { userId } }) => {
      await guardReader(context, userId);
      return { status: 200, body: await shownChannels(context, props, userId) };
    },
    changeChannels: async ({ body, principal: { userId } }) => {
      await changeChannels(context, props, userId, body);
      return { status: 200, body: await shownChannels(context, props, userId) };
    },
    confirmEmail: async ({ body: { code }, principal: { userId } }) => {
      await confirmEmail(context, userId, code);
      return { status: 200, body: await shownChannels(context, props, userId) };
    },
    test: async ({ body: { channel }, principal: { userId } }) => ({
      status: 202,
      body: shownDelivery(await sendTest(context, props, userId, channel)),
    }),
    deliveries: async ({ query, principal: { userId } }) => {
      await guardReader(context, userId);
      return { status: 200, body: await listDeliveries(context, userId, query) };
    },
    forgetChannels: async ({ principal: { userId } }) => {
      await forget(context, userId);
      return { status: 204 };
    },
    export: async ({ principal: { userId } }) => {
      await guardReader(context, userId);
      return { status: 200, stream: exportAll(context, userId) };
    },
  };
}
