/** What becomes of an event that can never work while its reason cannot be kept. */
import { type AddressInfo, createServer } from "node:net";
import { afterAll, expect, it } from "@jest/globals";
import { pino } from "pino";
import { reminders } from "#contracts/events/index";
import { connect } from "#kit/database/database";
import { subscriber } from "#kit/inbox/subscriber";
import { createMetrics } from "#kit/telemetry/metrics";

/** As one that is shutting down: it takes connections, and ends them. */
const server = createServer((socket) => socket.end());
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
const away = connect<Record<never, never>>(`postgres://nobody@127.0.0.1:${port}/nothing`, {
  applicationName: "test",
  onError: () => {},
});
afterAll(async () => {
  await away.close();
  server.close();
});

const deliver = subscriber({
  db: away.db as never,
  topic: "reminders",
  contract: reminders,
  handlers: {},
  options: {},
  metrics: createMetrics(),
  log: pino({ level: "silent" }),
  onCommit: () => {},
});

it.each([
  ["is no event", undefined],
  ["is of no known type", { id: "0197a000-0000-7000-8000-000000000001", type: "dev.todo.reminder.made_up.v1" }],
])("what %s comes again until the database is back", async (_, body) => {
  expect(await deliver(body)).toBe("RETRY");
});
