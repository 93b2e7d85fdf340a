/** Request id, log line and metrics of every request. */
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { paths } from "#model/paths";
import { withRequestId } from "../telemetry/request-id.ts";
import { traced } from "../telemetry/tracing.ts";
import type { AppDeps, KitEnv } from "./app.ts";

/** Probes and scrapes come every few seconds and say nothing. */
const SILENT = new Set<string>([paths.live, paths.ready, paths.metrics]);
const REQUEST_ID = /^[\w.:-]{1,128}$/;

export function observeRequests(service: string, { log, metrics, ids }: AppDeps): MiddlewareHandler<KitEnv> {
  const requests = metrics.counter("todo_http_requests_total");
  const duration = metrics.histogram("todo_http_request_duration_seconds");
  const inFlight = metrics.gauge("todo_http_requests_in_flight");
  return async (c, next) => {
    if (SILENT.has(c.req.path)) {
      c.set("log", log);
      return next();
    }
    const given = c.req.header("x-request-id");
    const requestId = given && REQUEST_ID.test(given) ? given : ids.next();
    const began = performance.now();
    c.set("requestId", requestId);
    c.set("log", log.child({ requestId }));
    inFlight.inc();
    await traced(`${service} ${c.req.method}`, c.req.raw.headers, async (span) => {
      try {
        await withRequestId(requestId, next);
      } finally {
        inFlight.dec();
      }
      // The route's pattern, not the path: paths hold ids, which are neither bounded nor anybody's business.
      const matched = routePath(c, -1);
      const route = matched === "" || matched === "*" || matched === "/*" ? "unmatched" : matched;
      const { method } = c.req;
      const seconds = (performance.now() - began) / 1000;
      span.setAttributes({
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": c.res.status,
      });
      requests.inc({ method, route, status: String(c.res.status) });
      duration.observe({ method, route }, seconds);
      c.get("log").info({ method, route, status: c.res.status, ms: Math.round(seconds * 1000) }, "request");
    });
    c.res.headers.set("x-request-id", requestId);
  };
}
