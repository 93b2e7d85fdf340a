import { EventEmitter } from "node:events";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { pino } from "pino";
import type { WebSocket } from "ws";
import { resume } from "#services/realtime/domain/resume";
import { type FeedFrameText, frameText } from "#services/realtime/live/frame-text";
import { payloadsOf } from "#services/realtime/live/notices";
import { Peer } from "#services/realtime/live/peer";

const PAGE = 3;

/** The other end of the cable: takes what is sent when it is told to. */
class Wire extends EventEmitter {
  readonly texts: string[] = [];
  bufferedAmount = 0;
  #unread: (() => void)[] = [];

  send(text: string, sent: () => void): void {
    this.texts.push(text);
    this.bufferedAmount += 1;
    this.#unread.push(sent);
  }

  read(): void {
    const unread = this.#unread;
    this.#unread = [];
    this.bufferedAmount = 0;
    for (const sent of unread) sent();
  }

  close(): void {}
}

/** A feed in memory, as one database sees it. */
class Feed {
  readonly entries: FeedFrameText[] = [];
  forgotten = 0;

  commit(): FeedFrameText {
    const seq = this.entries.length + 1;
    const entry = { seq, text: frameText(seq, "t", "{}") };
    this.entries.push(entry);
    return entry;
  }

  after(seq: number): readonly FeedFrameText[] {
    const from = Math.max(seq, this.forgotten);
    return this.entries.slice(from, from + PAGE);
  }

  get position() {
    const { length } = this.entries;
    return { head: length, first: this.forgotten < length ? this.forgotten + 1 : null, erased: false };
  }
}

const step = fc.constantFrom(
  "commit here",
  "offer",
  "offer newest",
  "commit there",
  "be told",
  "read",
  "answer",
  "forget",
);

describe("a connection", () => {
  it("sends every position once and in order, whatever comes between what", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.nat(10),
        fc.nat(12),
        fc.array(step, { maxLength: 80 }),
        async (scheduler, before, last, steps) => {
          const feed = new Feed();
          const wire = new Wire();
          for (let count = 0; count < before; count++) feed.commit();
          const peer = new Peer({
            socket: wire as unknown as WebSocket,
            userId: "alice",
            source: {
              entriesAfter: (_, after) => scheduler.schedule(Promise.resolve(feed.after(after))),
              position: () => scheduler.schedule(Promise.resolve(feed.position)),
            },
            maxBufferedBytes: 4,
            slowMs: 60_000,
            log: pino({ level: "silent" }),
            onFrame: () => {},
            onEnd: () => {},
          });
          const start = resume(feed.position, last);
          peer.start(feed.position, last);
          // Commits are told of in any order, and a sweep may know of them before.
          const due: FeedFrameText[] = [];
          const offer = (entry: FeedFrameText | undefined): void => {
            if (entry) peer.offer(entry);
          };
          for (const one of steps) {
            if (one === "commit here") due.push(feed.commit());
            else if (one === "offer") offer(due.shift());
            else if (one === "offer newest") offer(due.pop());
            else if (one === "commit there") feed.commit();
            else if (one === "be told") peer.advanceTo(feed.position.head);
            else if (one === "read") wire.read();
            else if (one === "forget") feed.forgotten = Math.max(feed.forgotten, feed.entries.length - 2);
            else if (scheduler.count() > 0) await scheduler.waitOne();
            await Promise.resolve();
          }
          peer.advanceTo(feed.position.head);
          for (let round = 0; round < 200; round++) {
            wire.read();
            await scheduler.waitIdle();
          }
          wire.emit("close");

          const [ready, ...rest] = wire.texts.map((text) => JSON.parse(text) as { seq: number; type: string });
          expect(ready?.type).toBe("ready");
          let at = start.reset ? -1 : start.from;
          for (const { seq, type } of rest) {
            if (type === "reset") expect(seq).toBeGreaterThan(at);
            else expect(seq).toBe(at + 1);
            at = seq;
          }
          expect(at).toBe(feed.entries.length);
          if (!steps.includes("forget")) expect(rest.filter(({ type }) => type === "reset").length).toBe(+start.reset);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("coming back", () => {
  it("goes on where the client was, or says that it cannot", () => {
    const position = fc
      .tuple(fc.nat(2_000), fc.nat(2_000))
      .map(([forgotten, kept]) => ({ head: forgotten + kept, first: kept > 0 ? forgotten + 1 : null, erased: false }));
    fc.assert(
      fc.property(position, fc.nat(5_000), (at, last) => {
        const { from, reset } = resume(at, last);
        const kept = at.first === null ? [] : [at.first, at.head];
        if (reset) expect(from).toBe(at.head);
        else expect(from).toBe(last);
        const complete = last === at.head || (kept.length > 0 && last < at.head && last + 1 >= (kept[0] ?? 0));
        expect(reset).toBe(!(complete && at.head - last <= 1_000));
      }),
    );
  });

  it("for the first time begins now", () => {
    expect(resume({ head: 7, first: 3, erased: false }, undefined)).toEqual({ from: 7, reset: false });
  });
});

describe("notices", () => {
  it("are as few as PostgreSQL's limit allows, and tell of everybody", () => {
    const heads = fc.dictionary(fc.string({ unit: "grapheme", maxLength: 64 }), fc.option(fc.nat()), { maxKeys: 300 });
    fc.assert(
      fc.property(heads, (users) => {
        const told = new Map(Object.entries(users));
        const payloads = payloadsOf("replica", told);
        for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
        const read = payloads.flatMap((payload) => (JSON.parse(payload) as { heads: [string, number | null][] }).heads);
        expect(new Map(read)).toEqual(told);
      }),
    );
    expect(payloadsOf("replica", new Map([["alice", 1]]))).toHaveLength(1);
  });
});
