/** What only the own sidecar may call: events, jobs and cron bindings. */
import type { Context, Hono } from "hono";
import { paths } from "#model/paths";
import type { SidecarProof } from "../auth/authenticators.ts";
import { AppError } from "../errors.ts";
import type { DeliveryStatus } from "../inbox/subscriber.ts";
import type { KitEnv } from "./app.ts";
import { readJson } from "./read-request.ts";

export interface Deliveries {
  readonly events: ReadonlyMap<string, (body: unknown) => Promise<DeliveryStatus>>;
  readonly jobs: ReadonlyMap<string, (name: string) => Promise<void>>;
  readonly cron: ReadonlyMap<string, () => Promise<void>>;
}

/** Kafka's default limit of a message is 1 MiB; the envelope counts too. */
const MAX_EVENT_BYTES = 2 * 1024 * 1024;

/** An answer that breaks off after its head is a success to Dapr (1.18): the head already says what is to become of the event. */
const STATUS_OF = { SUCCESS: 200, RETRY: 503, DROP: 404 } as const satisfies Record<DeliveryStatus, number>;

/**
 * A topic, job or binding that nobody handles answers 503, never 404: Dapr takes 404 as "drop this event" and as "this job is
 * done", and it is more likely that a rollout is under way.
 */
export function deliveryRoutes(app: Hono<KitEnv>, proof: SidecarProof, deliveries: Deliveries): void {
  const guard = (c: Context<KitEnv>): void => {
    if (!proof(c)) throw new AppError("not-authenticated", "Only the service's own sidecar delivers");
  };
  const nobody = (what: string): never => {
    throw new AppError("unavailable", `Nobody here handles ${what}`);
  };

  app.post(paths.events(":topic"), async (c) => {
    guard(c);
    const handle = deliveries.events.get(c.req.param("topic") ?? "") ?? nobody("this topic");
    const status = await handle(await eventBody(c));
    return c.json({ status }, STATUS_OF[status]);
  });
  app.post(paths.job(":name"), async (c) => {
    guard(c);
    const full = c.req.param("name") ?? "";
    const job = [...deliveries.jobs.keys()].find((known) => full.startsWith(`${known}-`)) ?? nobody("this job");
    await deliveries.jobs.get(job)?.(full.slice(job.length + 1));
    return c.json({});
  });
  // Dapr asks once whether the app takes a binding.
  app.options(paths.cron(":binding"), (c) =>
    c.body(null, deliveries.cron.has(c.req.param("binding") ?? "") ? 204 : 404),
  );
  app.post(paths.cron(":binding"), async (c) => {
    guard(c);
    const handle = deliveries.cron.get(c.req.param("binding") ?? "") ?? nobody("this binding");
    await handle();
    return c.json({});
  });
}

/** What is no JSON is no event either: it goes the way of every event that cannot be read. */
async function eventBody(c: Context<KitEnv>): Promise<unknown> {
  try {
    return await readJson(c, MAX_EVENT_BYTES);
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return undefined;
    throw error;
  }
}
