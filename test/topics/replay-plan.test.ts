import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { todo } from "#system";
import { cloudEvent, taskEvent, taskIds, taskOf } from "#test/audit/support";
import { inOrder, type TopicRecord } from "#topics/read-ranges";
import { acceptsReplays } from "#topics/replay-consumers";
import { byVersion, countReplay, type PlanProps, planReplay, sentBefore } from "#topics/replay-plan";
import { identityOf, readEvent } from "#topics/replayed-event";

type Event = ReturnType<typeof taskEvent>;

let next = 0;
const record = (event: object, rest: Partial<TopicRecord> = {}): TopicRecord => ({
  topic: "task-events",
  partition: 0,
  offset: BigInt(next++),
  timestamp: next,
  key: Buffer.from((event as { partitionkey?: string }).partitionkey ?? ""),
  value: Buffer.from(JSON.stringify(event)),
  headers: {},
  ...rest,
});

const plan = (records: readonly TopicRecord[], rest: Partial<PlanProps> = {}) =>
  planReplay({
    model: todo,
    replayId: "r1",
    source: "retention",
    filter: { types: [], user: undefined, key: undefined },
    records,
    sent: new Set(),
    ...rest,
  });

const ids = (of: readonly { id: string }[]): string[] => of.map(({ id }) => id);

describe("what is sent", () => {
  const task = taskOf();
  const created = taskEvent("created", task);
  const updated = taskEvent("updated", { ...task, version: 2 });
  const others = taskEvent("created", taskOf(), { user: "bob" });

  test("is every event once, in the order in which they lie there", () => {
    const { events, leftOut } = plan([record(created), record(updated), record(created), record(others)]);
    expect(ids(events)).toEqual([created.id, updated.id, others.id]);
    expect(leftOut).toEqual({ duplicate: 1 });
  });

  test("is only what the type, the user and the key ask for", () => {
    const records = [created, updated, others].map((event) => record(event));
    const only = (filter: Partial<PlanProps["filter"]>) =>
      ids(plan(records, { filter: { types: [], user: undefined, key: undefined, ...filter } }).events);
    expect(only({ types: ["dev.todo.task.updated.v1"] })).toEqual([updated.id]);
    expect(only({ user: "bob" })).toEqual([others.id]);
    expect(only({ key: task.id })).toEqual([created.id, updated.id]);
  });

  test("is no replay of a replay", () => {
    const { events, leftOut } = plan([record(created), record({ ...created, replayid: "earlier" })]);
    expect([ids(events), leftOut]).toEqual([[created.id], { replay: 1 }]);
  });

  test("is a replay where it was that which was given up", () => {
    const letters = [created, { ...created, replayid: "earlier" }].map((event) =>
      record(event, { topic: "dead-letters", headers: { __topic: "task-events" } }),
    );
    const { events } = plan(letters, { source: "dead-letters" });
    expect(events.map(({ topic, replayId }) => [topic, replayId])).toEqual([
      ["task-events", undefined],
      ["task-events", "earlier"],
    ]);
  });

  test("is nothing that every consumer would refuse, and the reason is kept", () => {
    const { data, ...bare } = created;
    const bad = { ...bare, id: taskIds.next(), data: { ...data, task: { ...task, title: 7 } } };
    const { events, leftOut, refused } = plan([record(bad), record(created)]);
    expect([ids(events), leftOut]).toEqual([[created.id], { refused: 1 }]);
    expect(refused[0]?.problems.join()).toContain("data.task.title");
  });

  test.each([
    ["no JSON", Buffer.from("not json")],
    ["a tombstone", null],
    ["JSON that is no event", Buffer.from('{"id":1}')],
  ])("is not %s", (_name, value) => {
    expect(plan([record({}, { value })])).toMatchObject({ events: [], leftOut: { unreadable: 1 } });
  });

  test("is not what the same replay sent, nor what the consumer has processed", () => {
    const records = [created, updated, others].map((event) => record(event));
    const mine = record({ ...created, replayid: "r1" }, { headers: { "replay-id": "r1" } });
    const foreign = record({ ...updated, replayid: "r2" }, { headers: { "replay-id": "r2" } });
    const sent = sentBefore(todo, "r1", "retention", [...records, mine, foreign]);
    const { events, leftOut } = plan(records, { sent, isProcessed: ({ id }) => id === others.id });
    expect([ids(events), leftOut]).toEqual([[updated.id], { sent: 1, processed: 1 }]);
  });
});

describe("where a dead letter came from", () => {
  const letter = (event: object, headers = {}) => readEvent(todo, record(event, { topic: "dead-letters", headers }));
  const reminderSent = { ...cloudEvent("dev.todo.reminder.sent.v1", {}), topic: "reminders" };

  test("is what the sidecar wrote beside it, else in it, else what its type belongs to", () => {
    const created = taskEvent("created", taskOf());
    expect(letter(created, { __topic: "task-events" })?.topic).toBe("task-events");
    expect(letter(reminderSent)?.topic).toBe("reminders");
    expect(letter(created)?.topic).toBe("task-events");
    expect(letter({ ...created, type: "dev.todo.task.invented.v1" })).toBeUndefined();
  });

  test("keeps the key it had, and without one that of its envelope", () => {
    const created = taskEvent("created", taskOf(), { subject: "s" });
    expect(readEvent(todo, record(created, { key: Buffer.from("k") }))?.key).toBe("k");
    expect(readEvent(todo, record(created, { key: null }))?.key).toBe("s");
  });
});

describe("the order of dead letters", () => {
  const eventOf = (subject: string, version: number, time: number) => {
    const event: Event = taskEvent("updated", taskOf({ version }), {
      subject,
      version,
      time: new Date(Date.UTC(2026, 10, 18, 10, 0, time)).toISOString(),
    });
    const read = readEvent(todo, record(event));
    if (!read) throw new Error("unreadable");
    return read;
  };

  test("is that of versions, whatever the clocks said, and of time between subjects", () => {
    const events = [eventOf("a", 2, 1), eventOf("b", 1, 2), eventOf("a", 1, 3), eventOf("c", 9, 0)];
    expect(byVersion(events).map(({ subject, version }) => `${subject}${version}`)).toEqual(["c9", "a1", "b1", "a2"]);
  });

  test("loses none and sorts each subject, whatever comes", () => {
    const arbitrary = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(20), fc.nat(59)), { maxLength: 30 });
    fc.assert(
      fc.property(arbitrary, (given) => {
        const events = given.map(([subject, version, time]) => eventOf(subject, version, time));
        const sorted = byVersion(events);
        expect(sorted.map(identityOf).sort()).toEqual(events.map(identityOf).sort());
        for (const each of Map.groupBy(sorted, ({ subject }) => subject).values()) {
          const versions = each.map(({ version }) => version);
          expect(versions).toEqual(versions.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  test("of records is that of each partition, and of time between them", () => {
    const at = (partition: number, offset: number, timestamp: number) =>
      record({}, { partition, offset: BigInt(offset), timestamp });
    const order = inOrder([at(0, 1, 50), at(0, 2, 10), at(1, 1, 20), at(1, 2, 60)]);
    expect(order.map(({ partition, offset }) => `${partition}:${offset}`)).toEqual(["1:1", "0:1", "0:2", "1:2"]);
  });
});

describe("who takes what", () => {
  const events = plan([record(taskEvent("created", taskOf())), record(taskEvent("updated", taskOf()))]).events;

  test("of a replay only those that accept it, and the others are named", () => {
    expect(countReplay(todo, "retention", events)).toEqual(
      ["created", "updated"].map((name) => ({
        topic: "task-events",
        type: `dev.todo.task.${name}.v1`,
        events: 1,
        taken: ["audit"],
        refusing: ["recurring", "notifications"],
      })),
    );
  });

  test("of dead letters everybody, if they have not had them", () => {
    expect(countReplay(todo, "dead-letters", events)[0]).toMatchObject({
      taken: ["recurring", "notifications", "audit"],
      refusing: [],
    });
  });

  test("is what the services' own subscriptions say", () => {
    const accepting = readdirSync("services", { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.startsWith("kit/"))
      .filter((path) => /replays:\s*"accept"/.test(readFileSync(join("services", path), "utf8")))
      .map((path) => path.split("/")[0]);
    expect([...new Set(accepting)]).toEqual(Object.keys(todo.services).filter(acceptsReplays));
  });
});
