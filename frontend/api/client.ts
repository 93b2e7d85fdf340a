/**
 * Typed calls to the product's API, at the page's own origin. A call resolves with a success that its contract declares;
 * every answer from 400 on is thrown as ProblemError, no answer as NetworkError.
 * @example const { items } = await (await api.tasks.v1.tasks.$get({ query: { status: "open" } })).json();
 */
import { hc } from "hono/client";
import type { auditApi } from "#contracts/http/audit";
import type { chatApi } from "#contracts/http/chat";
import type { HttpApi } from "#contracts/http/define";
import type { gatewayApi } from "#contracts/http/gateway";
import type { HonoAppOf } from "#contracts/http/hono";
import type { notificationsApi } from "#contracts/http/notifications";
import type { realtimeApi } from "#contracts/http/realtime";
import type { tasksApi } from "#contracts/http/tasks";
import { NetworkError, problemFrom } from "./problem.ts";

/** The public prefix of the gateway, below which it offers the services' operations. */
export const API = "/api";

/** `fetch` that throws what went wrong; also for what is no operation, such as a stream that is read as it comes. */
export async function request(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(input, init);
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new NetworkError({ cause: error });
  }
  if (response.status < 400) return response;
  throw await problemFrom(response).catch((error: unknown) => new NetworkError({ cause: error }));
}

const clientOf = <A extends HttpApi>(base: string) => hc<HonoAppOf<A>>(base, { fetch: request });

export const api = {
  gateway: clientOf<typeof gatewayApi>(""),
  tasks: clientOf<typeof tasksApi>(API),
  chat: clientOf<typeof chatApi>(API),
  audit: clientOf<typeof auditApi>(API),
  notifications: clientOf<typeof notificationsApi>(API),
  realtime: clientOf<typeof realtimeApi>(API),
} as const;
