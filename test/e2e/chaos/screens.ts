/** A person's screen: it follows the feed, and goes on where it was when its connection breaks. */
import { setTimeout as delay } from "node:timers/promises";
import type { FeedFrame } from "#contracts/realtime-frames";
import { Client } from "#test/realtime/client";
import type { Person } from "#test/system/person";

export interface Seen {
  readonly userId: string;
  /** Position at which it began. */
  readonly from: number;
  /** In the order in which it was told, over all connections. */
  readonly frames: readonly FeedFrame[];
  /** How often it was told that the past is gone. */
  readonly resets: number;
  readonly connections: number;
}

export interface Screen {
  readonly userId: string;
  /** Newest position that it was told. */
  readonly position: number;
  close(): Promise<Seen>;
}

const RECONNECT_MS = 300;

export async function openScreen(person: Person): Promise<Screen> {
  const frames: FeedFrame[] = [];
  let from: number | undefined;
  let resets = 0;
  let connections = 0;
  let closing = false;
  let client: Client | undefined;
  const position = (): number => frames.at(-1)?.seq ?? from ?? 0;

  const connected = Promise.withResolvers<void>();
  const follow = async (): Promise<void> => {
    const { status, body } = await person.post<{ ticket: string }>("/api/v1/realtime/tickets");
    if (status !== 201) return;
    const last = from === undefined ? "" : `&last=${position()}`;
    const address = `${person.origin.replace("http:", "ws:")}/ws?ticket=${body.ticket}${last}`;
    client = new Client(address, { origin: person.origin });
    client.socket.once("open", () => {
      connections += 1;
    });
    let read = 0;
    const take = (): boolean => {
      for (const frame of client?.frames.slice(read) ?? []) {
        read += 1;
        if (frame.type === "ready") from ??= frame.seq;
        else if (frame.type === "reset") resets += 1;
        else if ("data" in frame) frames.push(frame);
      }
      if (from !== undefined) connected.resolve();
      return false;
    };
    // Never holds: every frame is taken as it comes, until the connection ends.
    await client.until(take).catch(() => {});
  };
  const following = (async () => {
    while (!closing) {
      await follow().catch(() => {});
      if (!closing) await delay(RECONNECT_MS);
    }
  })();
  await connected.promise;

  return {
    userId: person.userId,
    get position() {
      return position();
    },
    close: async () => {
      closing = true;
      await client?.cut();
      await following;
      return { userId: person.userId, from: from ?? 0, frames, resets, connections };
    },
  };
}
