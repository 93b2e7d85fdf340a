/** The API of realtime: tickets for the WebSocket at `/ws`, whose messages stand in `../realtime-frames.ts`. */
import * as z from "zod/mini";
import { instant } from "../primitives.ts";
import { httpApi, json, operation, stream } from "./define.ts";

/** How long a ticket may wait to be used. */
export const TICKET_SECONDS = 30;

export const ticket = z.object({
  /** For `/ws?ticket=<ticket>`; good for one connection. */
  ticket: z.string(),
  expiresAt: instant,
});

/** Where a user's feed stands: the `seq` of its newest message, 0 before the first. */
export const position = z.object({ seq: z.int().check(z.nonnegative()) });

export const realtimeApi = httpApi({
  service: "realtime",
  title: "Realtime",
  version: "1.0.0",
  schemas: { Ticket: ticket, Position: position },
  operations: {
    createTicket: operation({
      method: "post",
      path: "/v1/realtime/tickets",
      summary: "Get a ticket that opens one WebSocket within 30 seconds",
      description:
        "Open /ws?ticket=<ticket>&last=<seq>. Messages are JSON: first ready, then what happened after `last`, or reset when that is gone.",
      responses: { 201: json(ticket) },
    }),
    position: operation({
      method: "get",
      path: "/v1/realtime/position",
      summary: "Where your feed of updates stands",
      description:
        "Read it before what you show, and open /ws with it as `last`: whatever happened since then comes, and nothing needs to be asked for twice.",
      responses: { 200: json(position) },
    }),
    export: operation({
      method: "get",
      path: "/v1/export",
      summary: "What realtime keeps of you: a day of updates, one JSON document a line",
      responses: { 200: stream("application/x-ndjson") },
    }),
  },
});

export type Ticket = z.output<typeof ticket>;
export type Position = z.output<typeof position>;
