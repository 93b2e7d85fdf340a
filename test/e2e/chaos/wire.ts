/**
 * Recognises, in what passes between a service, its database and its sidecar, the moments at which a crash hurts most. Clients of
 * both protocols send one request, or one group of statements, after the other on a connection, each in a piece of its own.
 */
import type { Side, Watched } from "./proxy.ts";
import type { Link, Point } from "./schedule.ts";

const PROTOCOL_3 = 196_608;

/** Name of the role in PostgreSQL's startup message, which comes first and has no type byte. */
export function roleOf(startup: Buffer): string | undefined {
  if (startup.length < 9 || startup.readInt32BE(4) !== PROTOCOL_3) return undefined;
  const fields = startup.subarray(8).toString("latin1").split("\0");
  for (let at = 0; at + 1 < fields.length; at += 2) if (fields[at] === "user") return fields[at + 1];
  return undefined;
}

/** A simple query (`Q`, length, text) that says nothing but commit, or a statement of no name (`P`) at the end of a group. */
const COMMIT_QUERY = /^Q[\s\S]{4}commit;?\0$|P[\s\S]{4}\0commit\0\0\0/i;
/** CommandComplete: `C`, length 11, its tag. */
const COMMITTED = Buffer.from("C\0\0\0\x0bCOMMIT\0", "latin1");

export function databasePoint(from: Side, piece: Buffer): Point | undefined {
  if (from === "client") return COMMIT_QUERY.test(piece.toString("latin1")) ? "commit asked" : undefined;
  return piece.includes(COMMITTED) ? "commit answered" : undefined;
}

const REQUEST = { api: /^POST \/v1\.0\/publish\/[^/ ]+\/([^/? ]+)/, app: /^POST \/events\/([^/? ]+)/ } as const;
const ASKED = { api: "publish asked", app: "delivery asked" } as const;
const ANSWERED = { api: "publish answered", app: "delivery answered" } as const;

/** Remembers, by connection, whether the answer that comes is to such a request. */
export function httpPoints(
  link: Exclude<Link, "database">,
): (on: Watched, from: Side, piece: Buffer) => Point | undefined {
  const waiting = new WeakSet<Watched>();
  return (connection, from, piece) => {
    if (from === "client") {
      if (!REQUEST[link].test(piece.subarray(0, 300).toString("latin1"))) return undefined;
      waiting.add(connection);
      return ASKED[link];
    }
    return waiting.delete(connection) ? ANSWERED[link] : undefined;
  };
}

export interface Published {
  readonly topic: string;
  /** The CloudEvent as the service sent it. */
  readonly event: PublishedEvent;
}

export interface PublishedEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly partitionkey: string;
  readonly aggregateversion: number;
}

const SUCCESS = /^HTTP\/1\.1 2\d\d /;
const MOST_BYTES = 1_048_576;

/** Puts the pieces of publish requests together; `seen` is told once the sidecar has answered that the event is in Kafka. */
export function publications(seen: (published: Published) => void): (on: Watched, from: Side, piece: Buffer) => void {
  const open = new WeakMap<Watched, Buffer>();
  const asked = new WeakMap<Watched, Published>();
  return (connection, from, piece) => {
    if (from === "server") {
      const published = asked.get(connection);
      asked.delete(connection);
      if (published && SUCCESS.test(piece.subarray(0, 20).toString("latin1"))) seen(published);
      return;
    }
    const before = open.get(connection);
    if (!before && !REQUEST.api.test(piece.subarray(0, 300).toString("latin1"))) return;
    const whole = before ? Buffer.concat([before, piece]) : piece;
    const published = read(whole);
    if (published === "incomplete" && whole.length < MOST_BYTES) open.set(connection, whole);
    else open.delete(connection);
    if (typeof published === "object") asked.set(connection, published);
  };
}

function read(request: Buffer): Published | "incomplete" | undefined {
  const end = request.indexOf("\r\n\r\n");
  if (end < 0) return "incomplete";
  const head = request.subarray(0, end).toString("latin1");
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
  const body = request.subarray(end + 4);
  if (body.length < length) return "incomplete";
  try {
    const event = JSON.parse(body.subarray(0, length).toString("utf8")) as PublishedEvent;
    return { topic: REQUEST.api.exec(head)?.[1] ?? "", event };
  } catch {
    return undefined;
  }
}
