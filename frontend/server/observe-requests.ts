/** Counts and times every answer of this process, as the kit does for services. */
import "server-only";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { paths } from "#model/paths";
import { metrics } from "./metrics.ts";
import { routeOf } from "./route-of.ts";

/** Probes and scrapes come every few seconds and say nothing. */
const SILENT = new Set<string>([paths.live, paths.ready, paths.metrics]);

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Next has no place for it that sees every request: Node's own HTTP server tells of them. */
export function observeRequests(): void {
  const requests = metrics().counter("todo_http_requests_total");
  const duration = metrics().histogram("todo_http_request_duration_seconds");
  const inFlight = metrics().gauge("todo_http_requests_in_flight");
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as Exchange;
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (SILENT.has(path)) return;
    const began = performance.now();
    const route = routeOf(path);
    const method = request.method ?? "GET";
    inFlight.inc();
    const { writeHead } = response;
    // Until the headers, so that a page that streams counts by its first byte.
    response.writeHead = function timed(this: ServerResponse, ...rest: unknown[]) {
      duration.observe({ method, route }, (performance.now() - began) / 1_000);
      return Reflect.apply(writeHead, this, rest);
    } as ServerResponse["writeHead"];
    response.once("close", () => {
      inFlight.dec();
      requests.inc({ method, route, status: String(response.statusCode) });
    });
  });
}
