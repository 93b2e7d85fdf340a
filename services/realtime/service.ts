import { openApiDocument } from "#contracts/http/openapi";
import { realtimeApi } from "#contracts/http/realtime";
import type { FeedEvent } from "#contracts/realtime-frames";
import { database } from "#kit/database/database";
import { defineService } from "#kit/define-service";
import type { EventDelivery } from "#kit/inbox/subscriber";
import { sleep } from "#kit/sleep";
import { eraseUser } from "#kit/tombstones";
import type { RealtimeContext } from "./context.ts";
import { append, deleteFeed, forgetBefore } from "./data/feed.ts";
import { migrations } from "./data/migrations.ts";
import type { DB, Tables } from "./data/tables.ts";
import { environment } from "./environment.ts";
import { Hub } from "./live/hub.ts";
import { Notices } from "./live/notices.ts";
import { serveWebSocket } from "./live/upgrade.ts";
import { exportFeed } from "./verbs/export-feed.ts";
import { position } from "./verbs/position.ts";
import { createTicket } from "./verbs/tickets.ts";

export const service = defineService("realtime", {
  env: environment,
  database: database<Tables>({ migrations }),
  setup: (context) => {
    const { app, serve, subscribe, background, onDrain, onClose, clock } = context;
    const hub = new Hub(context);
    const notices = new Notices(context, hub);

    const document = openApiDocument(realtimeApi);
    app.get("/v1/openapi.json", (c) => c.json(document));
    serve(realtimeApi, {
      createTicket: async ({ principal }) => ({ status: 201, body: await createTicket(context, principal.userId) }),
      position: async ({ principal }) => ({ status: 200, body: await position(context, principal.userId) }),
      export: ({ principal }) => ({ status: 200, stream: exportFeed(context, principal.userId) }),
    });
    serveWebSocket(context, hub);

    const keep = async (event: FeedEvent, { transaction, afterCommit }: EventDelivery<DB>): Promise<void> => {
      const { userid: userId, type, data } = event;
      const frame = await append(transaction, { userId, type, data, at: clock.now() });
      afterCommit(() => {
        hub.committed(userId, frame);
        notices.tell(userId, frame.seq);
      });
    };
    const withRows = { entrance: "with-rows" } as const;
    subscribe(
      "task-updates",
      {
        "dev.todo.screen.task_changed.v1": keep,
        "dev.todo.screen.task_removed.v1": keep,
        "dev.todo.screen.notification_added.v1": keep,
      },
      withRows,
    );
    subscribe(
      "chat-events",
      {
        "dev.todo.chat.conversation_started.v1": keep,
        "dev.todo.chat.message_sent.v1": keep,
        "dev.todo.chat.tool_used.v1": keep,
        "dev.todo.chat.approval_asked.v1": keep,
        "dev.todo.chat.approval_given.v1": keep,
        "dev.todo.chat.approval_refused.v1": keep,
      },
      withRows,
    );
    subscribe(
      "user-events",
      {
        "dev.todo.user.settings_changed.v1": keep,
        "dev.todo.user.deleted.v1": async ({ data }, { transaction, afterCommit }) => {
          await eraseUser(transaction, data.userId, new Date(data.deletedAt));
          await deleteFeed(transaction, data.userId);
          afterCommit(() => {
            hub.erased(data.userId);
            notices.tell(data.userId, null);
          });
        },
      },
      withRows,
    );

    background("listening", (signal) => notices.listen(signal));
    background("sweeping", (signal) => sweep(context, hub, signal));
    background("heartbeat", (signal) => beat(context, hub, signal));
    background("cleaning", (signal) => clean(context, signal));
    onDrain(() => hub.drain());
    onClose(() => notices.flush());
  },
});

async function sweep({ config, log }: RealtimeContext, hub: Hub, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(config.env.SWEEP_SECONDS * 1000, signal);
    if (signal.aborted) return;
    await hub.sweep().catch((err: unknown) => log.debug({ err }, "no sweep, the next one will do"));
  }
}

async function beat({ config }: RealtimeContext, hub: Hub, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(config.env.HEARTBEAT_SECONDS * 1000, signal);
    if (!signal.aborted) hub.beat();
  }
}

const CLEANING_MS = 600_000;
const HOUR_MS = 3_600_000;

async function clean({ db, clock, config, log }: RealtimeContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(CLEANING_MS * (0.9 + Math.random() * 0.2), signal);
    if (signal.aborted) return;
    const entries = await forgetBefore(db, new Date(clock.now().getTime() - config.env.KEEP_HOURS * HOUR_MS));
    log.debug({ entries }, "removed what was kept long enough");
  }
}
