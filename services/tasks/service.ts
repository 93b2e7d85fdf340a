import { openApiDocument } from "#contracts/http/openapi";
import { tasksApi } from "#contracts/http/tasks";
import { database } from "#kit/database/database";
import { defineService } from "#kit/define-service";
import { sleep } from "#kit/sleep";
import type { TasksContext } from "./context.ts";
import { forgetOldKeys } from "./data/idempotency.ts";
import { migrations } from "./data/migrations.ts";
import { purgeDeleted } from "./data/purge.ts";
import type { Tables } from "./data/tables.ts";
import { environment } from "./environment.ts";
import { reminderSent } from "./events/reminder-sent.ts";
import { settingsChanged, userDeleted } from "./events/user-events.ts";
import { handlers } from "./http.ts";
import { serveMcp } from "./mcp/endpoint.ts";

export const service = defineService("tasks", {
  env: environment,
  database: database<Tables>({ migrations }),
  setup: (context) => {
    const { app, serve, subscribe, background } = context;
    const document = openApiDocument(tasksApi);
    app.get("/v1/openapi.json", (c) => c.json(document));
    serve(tasksApi, handlers(context));
    serveMcp(context);

    subscribe(
      "reminders",
      { "dev.todo.reminder.sent.v1": (event, { transaction }) => reminderSent(context, transaction, event) },
      { order: "all" },
    );
    subscribe("user-events", {
      "dev.todo.user.created.v1": ({ data }, { transaction }) =>
        settingsChanged(context, transaction, data.userId, data.settings),
      "dev.todo.user.settings_changed.v1": ({ data }, { transaction }) =>
        settingsChanged(context, transaction, data.userId, data.settings),
      "dev.todo.user.deleted.v1": ({ data }, { transaction }) =>
        userDeleted(transaction, data.userId, new Date(data.deletedAt)),
    });
    background("cleaning", (signal) => clean(context, signal));
  },
});

const HOUR_MS = 3_600_000;

/** On every replica: what one has removed the other does not find. */
async function clean({ db, clock, log }: TasksContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(HOUR_MS * (0.9 + Math.random() * 0.2), signal);
    if (signal.aborted) return;
    const [tasks, keys] = [await purgeDeleted(db, clock.now()), await forgetOldKeys(db, clock.now())];
    log.debug({ tasks, keys }, "removed what was kept long enough");
  }
}
