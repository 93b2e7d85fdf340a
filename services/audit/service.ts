import { auditApi } from "#contracts/http/audit";
import { openApiDocument } from "#contracts/http/openapi";
import { database } from "#kit/database/database";
import { defineService } from "#kit/define-service";
import type { EventDelivery } from "#kit/inbox/subscriber";
import { migrations } from "./data/migrations.ts";
import type { DB, Tables } from "./data/tables.ts";
import { type AuditedEvent, type AuditedTopic, auditedTopics } from "./domain/audited.ts";
import { record } from "./events/record.ts";
import { handlers } from "./http.ts";
import { observeStatistics } from "./observe.ts";
import { createSealer } from "./sealer.ts";

export const service = defineService("audit", {
  database: database<Tables>({ migrations }),
  setup: (context) => {
    const { app, serve, subscribe, background } = context;
    const document = openApiDocument(auditApi);
    app.get("/v1/openapi.json", (c) => c.json(document));
    serve(auditApi, handlers(context));
    observeStatistics(context);

    const sealer = createSealer(context);
    background("sealer", sealer.run);
    const keep = async (event: AuditedEvent, { transaction }: EventDelivery<DB>): Promise<void> => {
      await record(transaction, event);
      sealer.wake();
    };
    // A replay brings back what was lost; what is there is known by its id. Events of erased accounts keep their place.
    for (const topic of Object.keys(auditedTopics) as AuditedTopic[]) {
      const every = Object.fromEntries(auditedTopics[topic].types.map((type) => [type, keep]));
      subscribe(topic, every, { order: "all", replays: "accept", erased: true, entrance: "with-rows" });
    }
  },
});
