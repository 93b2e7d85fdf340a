/** `npm run start:dapr`: the whole product on this machine with real sidecars, Kafka and Valkey. */

import { relative } from "node:path";
import { detachEngines, type EngineName, findEngine } from "#local/dapr/engines";
import { type RealSidecars, realSidecars } from "#local/dapr/start";
import { LocalError } from "#local/local-error";
import { runProduct } from "./run-product.ts";

const usage = `npm run start:dapr                      start everything with real sidecars, Ctrl-C ends it
npm run start:dapr -- --data FOLDER     keep database and secrets there instead of in .data/dapr

A daprd beside every service with mTLS, Dapr's scheduler, three Kafka brokers and Valkey, on the documents of gitops/dev;
docs/start-dapr.md says what differs. npm run engines installs them. Kafka and Valkey forget everything at the end.

DATABASE_URL      a PostgreSQL of yours instead of the built-in one
OPENAI_API_KEY    a language model instead of the offline assistant
SMTP_URL          send reminders by mail
LOG_LEVEL         of the services: trace, debug, info, warn, error or silent

Exit codes: 0 ended by you, 1 could not start, 2 wrong arguments.`;

const needed: readonly EngineName[] = ["kafka", "valkey", "daprd", "sentry", "scheduler"];

let running: RealSidecars | undefined;
const start = realSidecars({}, (sidecars) => {
  running = sidecars;
});

await runProduct({
  command: "npm run start:dapr",
  usage,
  data: ".data/dapr",
  sidecars: async (surroundings) => {
    const missing = needed.filter((name) => findEngine(name) === undefined);
    if (missing.length > 0)
      throw new LocalError(`engines are missing: install them with npm run engines -- ${missing.join(" ")}`);
    // Ctrl-C is for the supervisor: services end first, what they stand on ends last.
    detachEngines();
    return start(surroundings);
  },
  describe: () => [
    "daprd beside every service, on the documents of gitops/dev",
    `Kafka at ${running?.platform.kafka.kafka.bootstrap.join(", ")}, each connection by certificate: ${relative("", running?.kafkaClients ?? "")}`,
    ...[...(running?.daprds ?? [])].map(([service, { url, log }]) => `${service.padEnd(13)} ${url}  ${log}`),
  ],
});
