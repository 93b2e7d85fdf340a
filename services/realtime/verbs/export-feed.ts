import type { RealtimeContext } from "../context.ts";
import { entriesAfter } from "../data/feed.ts";

const PAGE = 500;

/** Every entry that is kept of the user, as it was sent: one JSON document a line, oldest first. */
export function exportFeed({ db }: RealtimeContext, userId: string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let after = 0;
  return new ReadableStream({
    async pull(controller) {
      const entries = await entriesAfter(db, userId, after, PAGE);
      const newest = entries.at(-1);
      if (!newest) return controller.close();
      after = newest.seq;
      controller.enqueue(encoder.encode(entries.map(({ text }) => `${text}\n`).join("")));
    },
  });
}
