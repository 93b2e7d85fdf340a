import { chatApi } from "#contracts/http/chat";
import { openApiDocument } from "#contracts/http/openapi";
import { database } from "#kit/database/database";
import { defineService } from "#kit/define-service";
import { createChat } from "./chat.ts";
import { migrations } from "./data/migrations.ts";
import type { Tables } from "./data/tables.ts";
import { environment } from "./environment.ts";
import { userDeleted } from "./events/user-events.ts";
import { handlers } from "./http.ts";

export const service = defineService("chat", {
  env: environment,
  database: database<Tables>({ migrations }),
  setup: async (context) => {
    const chat = await createChat(context);
    const document = openApiDocument(chatApi);
    context.app.get("/v1/openapi.json", (c) => c.json(document));
    context.serve(chatApi, handlers(chat));
    context.subscribe("user-events", {
      "dev.todo.user.deleted.v1": ({ data }, { transaction }) =>
        userDeleted(transaction, data.userId, new Date(data.deletedAt)),
    });
    context.onClose(async () => {
      await Promise.allSettled(chat.underWay);
    });
  },
});
