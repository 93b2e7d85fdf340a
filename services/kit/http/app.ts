/** The Hono app that every service starts from: request ids, logs, metrics, limits, problem details, health. */
import { Hono } from "hono";
import type { Logger } from "pino";
import { paths } from "#model/paths";
import type { Principal } from "../auth/principal.ts";
import type { Clock, Ids } from "../clock.ts";
import { AppError } from "../errors.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type Health, healthRoutes } from "./health.ts";
import { observeRequests } from "./observe.ts";
import { answerError } from "./problem-response.ts";

export interface KitEnv {
  readonly Variables: {
    /** The caller's `X-Request-Id`, or a new one; in every log line and problem. */
    requestId: string;
    log: Logger;
    principal: Principal | undefined;
  };
}

export interface AppDeps {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly health: Health;
}

/** @param config only the name of the service is read: the rest of it is the business of what is mounted */
export function createApp(config: { readonly service: string }, deps: AppDeps): Hono<KitEnv> {
  const app = new Hono<KitEnv>();
  app.use(observeRequests(config.service, deps));
  app.route("/", healthRoutes(deps.health));
  app.get(paths.metrics, async (c) =>
    c.body(await deps.metrics.render(), 200, { "content-type": deps.metrics.registry.contentType }),
  );
  app.notFound((c) => answerError(c, new AppError("not-found", `Nothing answers ${c.req.method} ${c.req.path}`)));
  app.onError((error, c) => answerError(c, error));
  return app;
}
