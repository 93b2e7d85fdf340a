import { notificationsApi } from "#contracts/http/notifications";
import { openApiDocument } from "#contracts/http/openapi";
import { database } from "#kit/database/database";
import { defineService } from "#kit/define-service";
import { StartError } from "#kit/errors";
import { sleep } from "#kit/sleep";
import { eraseUser } from "#kit/tombstones";
import { atMost } from "./at-most.ts";
import type { NotificationsContext } from "./context.ts";
import { deleteEverything, forgetOld } from "./data/forget.ts";
import { migrations } from "./data/migrations.ts";
import { markRead } from "./data/notification-rows.ts";
import { countLate } from "./data/reminder-rows.ts";
import type { Tables } from "./data/tables.ts";
import { mailer } from "./deliver/email.ts";
import { webhookSender } from "./deliver/webhook.ts";
import { deliveryWorker } from "./deliver/worker.ts";
import { environment } from "./environment.ts";
import { cancelled, scheduled } from "./events/schedule.ts";
import { handlers } from "./http.ts";
import { type Fired, fireReminder } from "./verbs/fire.ts";
import { reachOf } from "./verbs/reach.ts";
import { sweep } from "./verbs/sweep.ts";

export const service = defineService("notifications", {
  env: environment,
  database: database<Tables>({ migrations }),
  setup: async (context) => {
    const { app, serve, subscribe, background, onClose, onJob, onCron, handle, config, clock, db, metrics } = context;
    const smtpUrl = await handle.secrets.get("smtp-url");
    const signingKey = await handle.secrets.get("webhook-signing-key");
    if (!signingKey) throw new StartError('the secret "webhook-signing-key" is empty: seed it');

    const mail = smtpUrl ? mailer({ smtpUrl, from: senderOf(config), origin: config.PUBLIC_ORIGIN }) : undefined;
    onClose(async () => mail?.close());
    const reach = reachOf(mail !== undefined);
    const worker = deliveryWorker(context, {
      email: mail?.send,
      webhook: webhookSender({ signingKey, trusted: config.env.WEBHOOK_TRUSTED_HOSTS, clock }),
    });
    background("deliveries", worker.run);

    const firing = { ...context, reach, deliver: worker.wake };
    const fire = atMost(FIRING_AT_ONCE, (id: string): Promise<Fired> => fireReminder(firing, id));
    const sweeping = sweep(context, fire);
    onJob("reminder", (id) => onTime(id, fire));
    onCron("reminder-sweep", sweeping.run);
    // What became due while nobody was there does not wait for the next minute.
    background("first sweep", () => sweeping.run().catch((err: unknown) => context.log.warn({ err }, "sweep failed")));
    const late = metrics.gauge("todo_reminders_late");
    metrics.beforeScrape(async () => late.set(await countLate(db, new Date(clock.now().getTime() - LATE_MS))));

    const document = openApiDocument(notificationsApi);
    app.get("/v1/openapi.json", (c) => c.json(document));
    serve(notificationsApi, handlers(context, { signingKey, reach, deliver: worker.wake }));

    const withRows = { entrance: "with-rows" } as const;
    subscribe(
      "reminders",
      {
        "dev.todo.reminder.scheduled.v1": (event, delivery) => scheduled(context, event, delivery),
        "dev.todo.reminder.cancelled.v1": (event, delivery) => cancelled(context, event, delivery),
      },
      withRows,
    );
    subscribe(
      "task-events",
      {
        // What is done needs no more attention.
        "dev.todo.task.completed.v1": ({ data: { taskId }, userid }, { transaction }) =>
          markRead(transaction, userid, { taskId }, clock.now()),
        "dev.todo.task.deleted.v1": ({ data: { taskId }, userid }, { transaction }) =>
          markRead(transaction, userid, { taskId }, clock.now()),
      },
      withRows,
    );
    subscribe("user-events", {
      "dev.todo.user.deleted.v1": async ({ data: { userId, deletedAt } }, { transaction }) => {
        await eraseUser(transaction, userId, new Date(deletedAt));
        await deleteEverything(transaction, userId);
      },
    });
    background("cleaning", (signal) => clean(context, signal));
  },
});

/** Each holds a connection while tasks is asked: people who read their notifications need the others. */
const FIRING_AT_ONCE = 4;

/** From when on a reminder that has not been fired is late. */
const LATE_MS = 60_000;

const senderOf = ({ env, PUBLIC_ORIGIN }: NotificationsContext["config"]): string =>
  env.MAIL_FROM ?? `Todo <todo@${new URL(PUBLIC_ORIGIN).hostname}>`;

/** Timers of another machine may be early by what its clock is ahead: wait for ours. */
const EARLY = { tries: 50, everyMs: 100 } as const;

async function onTime(id: string, fire: (id: string) => Promise<Fired>): Promise<void> {
  for (let tries = 0; tries < EARLY.tries; tries++) {
    if ((await fire(id)) !== "early") return;
    await sleep(EARLY.everyMs);
  }
  throw new Error("the timer is early by more than five seconds");
}

const HOUR_MS = 3_600_000;

/** On every replica: what one has removed the other does not find. */
async function clean({ db, clock, log }: NotificationsContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(HOUR_MS * (0.9 + Math.random() * 0.2), signal);
    if (signal.aborted) return;
    try {
      log.debug({ removed: await forgetOld(db, clock.now()) }, "removed what was kept long enough");
    } catch (err) {
      log.warn({ err }, "cleaning failed");
    }
  }
}
