import { describe, expect, it } from "@jest/globals";
import { chatEvents, taskUpdates } from "#contracts/events/index";
import { closeCodes, feedEvents, readFrame, seqOf } from "#contracts/realtime-frames";

const removed = { userId: "alice", taskId: "0199aaaa-0000-7000-8000-000000000001" };

describe("a frame", () => {
  it("is read with its type and data", () => {
    const frame = { seq: 4, type: "dev.todo.screen.task_removed.v1", data: removed };
    expect(readFrame(JSON.stringify(frame))).toEqual(frame);
    for (const type of ["ready", "reset", "pong"])
      expect(readFrame(JSON.stringify({ type, seq: 0 }))).toEqual({ type, seq: 0 });
  });

  it("that this release does not know is passed over, and its position counts", () => {
    const newer = JSON.stringify({ seq: 5, type: "dev.todo.screen.weather_changed.v1", data: {} });
    expect(readFrame(newer)).toBeUndefined();
    expect(seqOf(newer)).toBe(5);
    const inherited = JSON.stringify({ seq: 6, type: "constructor", data: {} });
    expect(readFrame(inherited)).toBeUndefined();
  });

  it.each(["", "{", "null", "[]", '{"type":"ready"}', '{"seq":-1,"type":"ready"}', '{"seq":1.5,"type":"reset"}'])(
    "is not %s",
    (text) => {
      expect(readFrame(text)).toBeUndefined();
      expect(seqOf(text)).toBeUndefined();
    },
  );

  it("with data that its contract does not allow is none", () => {
    const frame = { seq: 4, type: "dev.todo.screen.task_removed.v1", data: { ...removed, taskId: "12" } };
    expect(readFrame(JSON.stringify(frame))).toBeUndefined();
  });

  it("exists for every event that screens are told of", () => {
    expect(Object.keys(feedEvents)).toEqual(expect.arrayContaining([...taskUpdates.types, ...chatEvents.types]));
  });
});

describe("a close code", () => {
  it("has one meaning, and one that servers may send", () => {
    const codes = Object.values(closeCodes);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code === 1008 || code === 1012 || code === 1013 || code >= 4000).toBe(true);
  });
});
