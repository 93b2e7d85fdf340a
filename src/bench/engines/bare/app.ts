/**
 * The least that can be done: Hono, `fetch` to a daprd, one insert with pg. A process of its own, so that it shares its event
 * loop with nobody, as a service does. Each plays every part; who sends and who answers is a matter of who is asked.
 */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import pg from "pg";
import { components } from "#model/names";
import { paths } from "#model/paths";
import { bareTopic } from "./names.ts";

const given = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new TypeError(`${name} is not set`);
  return value;
};

const dapr = `http://127.0.0.1:${given("DAPR_HTTP_PORT")}/v1.0`;
const [callee, direct] = [given("CALLEE"), `http://127.0.0.1:${given("CALLEE_PORT")}`];
const token = { "dapr-api-token": given("DAPR_API_TOKEN") };
const pool = new pg.Pool({ connectionString: given("DATABASE_URL"), max: 10 });
pool.on("error", () => {});

/** Microseconds as fractions of milliseconds, comparable between the processes of one machine. */
const now = (): number => performance.timeOrigin + performance.now();

/** When each event came, by id. */
const received = new Map<string, number>();

const app = new Hono();

app.get(paths.ready, (c) => c.text("ready"));

app.post(paths.events(bareTopic), async (c) => {
  const { id } = (await c.req.json()) as { id: string };
  received.set(id, now());
  return c.json({ status: "SUCCESS" });
});

app.get("/received", (c) => c.json({ count: received.size }));

app.post("/received/take", (c) => {
  const all = Object.fromEntries(received);
  received.clear();
  return c.json(all);
});

interface Burst {
  readonly events: readonly { readonly id: string; readonly partitionkey: string }[];
  readonly concurrency: number;
}

/** @returns when the publication of each began, by id */
app.post("/publish", async (c) => {
  const { events, concurrency } = (await c.req.json()) as Burst;
  const started: Record<string, number> = {};
  const waiting = events.values();
  const publishOn = async (): Promise<void> => {
    for (const event of waiting) {
      const query = new URLSearchParams({ "metadata.partitionKey": event.partitionkey });
      started[event.id] = now();
      const response = await fetch(`${dapr}/publish/${components.pubsub}/${bareTopic}?${query}`, {
        method: "POST",
        headers: { ...token, "content-type": "application/cloudevents+json" },
        body: JSON.stringify(event),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`publishing was answered with ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, publishOn));
  return c.json(started);
});

/** On to the callee by both sidecars, or past them. */
const passOn = (base: string, headers: Readonly<Record<string, string>>) => async (request: Request) => {
  const { pathname } = new URL(request.url);
  const body = request.method === "POST" ? await request.text() : undefined;
  const response = await fetch(`${base}${pathname.replace(/^\/(via|past)/, "")}`, {
    method: request.method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body }),
  });
  return new Response(await response.arrayBuffer(), {
    status: response.status,
    headers: { "content-type": response.headers.get("content-type") ?? "text/plain" },
  });
};
const viaDapr = passOn(`${dapr}/invoke/${callee}/method`, token);
const pastDapr = passOn(direct, {});
app.all("/via/*", (c) => viaDapr(c.req.raw));
app.all("/past/*", (c) => pastDapr(c.req.raw));

app.get("/v1/echo", (c) => c.json({ echo: "pay the rent" }));

app.post("/v1/tasks", async (c) => {
  const { title, due } = (await c.req.json()) as { title: string; due: string };
  const { rows } = await pool.query(
    "insert into bench.tasks (title, due) values ($1, $2) returning id, title, due, created_at",
    [title, due],
  );
  return c.json(rows[0], 201);
});

serve({ fetch: app.fetch, port: Number(given("PORT")), hostname: "127.0.0.1" });
process.once("SIGTERM", () => process.exit(0));
