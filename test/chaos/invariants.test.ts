/** A check that cannot fail is worth nothing: each is shown what it is there to find. */
import { describe, expect, it } from "@jest/globals";
import type { Evidence } from "../e2e/chaos/evidence.ts";
import { invariants } from "../e2e/chaos/invariants.ts";
import { BANK, BOB, DUE, NEXT_RENT, NO_JSON, POISON, RENT, whole } from "./evidence.ts";

type Broken = (evidence: Evidence) => Partial<Evidence>;

const withTold = ({ loaded }: Evidence, more: Partial<Evidence["loaded"]>): Partial<Evidence> => ({
  loaded: { ...loaded, ...more },
});
const without = <T extends { readonly id: string }>(items: readonly T[], id: string): T[] =>
  items.filter((item) => item.id !== id);
const changed = <T>(items: readonly T[], holds: (item: T) => boolean, more: Partial<T>): T[] =>
  items.map((item) => (holds(item) ? { ...item, ...more } : item));

/** By invariant: what went wrong, and how that looks. */
const broken: Readonly<Record<keyof typeof invariants, Readonly<Record<string, Broken>>>> = {
  "every request got its answer, and no fault was blamed on who asked": {
    "a correct request is answered with 422": (e) => withTold(e, { blames: ["POST was answered with 422"] }),
    "a request is never answered": (e) => withTold(e, { unanswered: ["POST /api/v1/tasks"] }),
  },
  "every acknowledged task has one row, as it was answered last, and there is no other": {
    "an acknowledged task is lost": ({ tasks }) => ({ tasks: without(tasks, BANK) }),
    "a task is there twice": ({ tasks }) => ({ tasks: [...tasks, ...tasks.filter(({ id }) => id === BANK)] }),
    "a request that was repeated made another task": ({ tasks }) => ({
      tasks: [...tasks, ...changed(tasks, () => true, { id: "another" }).slice(-1)],
    }),
    "an acknowledged change is lost": ({ tasks }) => ({
      tasks: changed(tasks, ({ id }) => id === BANK, { title: "x" }),
    }),
    "a change was made twice": ({ tasks }) => ({ tasks: changed(tasks, ({ id }) => id === BANK, { version: 2 }) }),
    "a completed task is open again": ({ tasks }) => ({
      tasks: changed(tasks, ({ id }) => id === RENT, { status: "open" }),
    }),
    "a task went to somebody else": ({ tasks }) => ({
      tasks: changed(tasks, ({ id }) => id === BANK, { userId: BOB }),
    }),
  },
  "every completed recurring task has exactly one successor": {
    "there is none": ({ tasks }) => ({ tasks: without(tasks, NEXT_RENT) }),
    "it was deleted": ({ tasks }) => ({ tasks: changed(tasks, ({ id }) => id === NEXT_RENT, { deleted: true }) }),
    "there are two": ({ tasks }) => ({
      tasks: [...tasks, ...changed(tasks, () => true, { id: "another" }).filter((t) => t.predecessorId === RENT)],
    }),
    "a task that does not repeat has one": ({ tasks }) => ({
      tasks: [...tasks, ...changed(tasks, () => true, { id: "another", predecessorId: BANK }).slice(-1)],
    }),
  },
  "every version of every task was published, once": {
    "an event is lost": ({ events }) => ({ events: without(events, "e2") }),
    "only an injected event says a version": ({ events }) => ({ events: without(events, "e1") }),
    "an event was published under two ids": ({ events }) => ({
      events: [...events, ...changed(events, () => true, { id: "other" }).slice(3, 4)],
    }),
    "an event tells of a version that was rolled back": ({ events }) => ({
      events: [...events, ...changed(events, () => true, { id: "other", version: 3 }).slice(3, 4)],
    }),
    "a task was created twice": ({ events }) => ({
      events: changed(events, ({ id }) => id === "e2", { type: "dev.todo.task.created.v1" }),
    }),
  },
  "versions never go back in what a service says on a topic": {
    "a later version comes first": ({ events }) => ({
      events: changed(events, ({ id }) => id === "e1", { offset: 99 }),
    }),
    "a task is in two partitions": ({ events }) => ({
      events: changed(events, ({ id }) => id === "s1", { partition: 3 }),
    }),
  },
  "every consumer processed every event once": {
    "one did not process one": ({ inbox }) => ({
      inbox: inbox.filter(({ service, eventId }) => !(service === "audit" && eventId === "e4")),
    }),
    "one has it twice": ({ inbox }) => ({ inbox: [...inbox, ...inbox.slice(-1)] }),
    "one processed what nobody published": ({ inbox }) => ({
      inbox: [...inbox, { service: "audit", topic: "task-events", eventId: "made up" }],
    }),
    "one processed poison": ({ inbox }) => ({
      inbox: [...inbox, { service: "audit", topic: "task-events", eventId: POISON }],
    }),
  },
  "audit has every event once, in chains without a gap that verify": {
    "an event is missing": ({ audit }) => ({ audit: without(audit, "r2") }),
    "an event is there twice": ({ audit }) => ({ audit: [...audit, ...audit.slice(-1)] }),
    "an event was made up": ({ audit }) => ({ audit: changed(audit, ({ id }) => id === "r2", { id: "made up" }) }),
    "a chain has a gap": ({ audit }) => ({ audit: changed(audit, ({ id }) => id === "r2", { sequence: 77 }) }),
    "an event is not sealed": ({ audit }) => ({ audit: changed(audit, ({ id }) => id === "e1", { sequence: null }) }),
    "a chain does not verify": () => ({ auditVerification: { code: 1, stdout: "broken", stderr: "" } }),
  },
  "every consumer is at the end of every partition": {
    "one is behind": ({ offsets }) => ({ offsets: changed(offsets, ({ end }) => end === "9", { committed: "8" }) }),
    "one has never begun": ({ offsets }) => ({
      offsets: changed(offsets, ({ end }) => end === "9", { committed: null }),
    }),
  },
  "poison and nothing else became dead letters, with its reason kept": {
    "a good event was given up": ({ deadLetters }) => ({ deadLetters: [...deadLetters, `{"id":"e1"}`] }),
    "a subscriber swallowed poison": ({ deadLetters }) => ({ deadLetters: deadLetters.slice(1) }),
    "what is no JSON vanished": ({ deadLetters }) => ({
      deadLetters: deadLetters.filter((text) => !text.includes(NO_JSON)),
    }),
    "a reason was not kept": ({ poison }) => ({ poison: poison.slice(1) }),
  },
  "every reminder came once and never early": {
    "one did not come": () => ({ notifications: [] }),
    "one came twice": ({ notifications }) => ({ notifications: [...notifications, ...notifications] }),
    "one came early": ({ notifications }) => ({
      notifications: changed(notifications, () => true, { sentAt: DUE - 1 }),
    }),
    "one came before the time that it was scheduled for": ({ notifications }) => ({
      notifications: changed(notifications, () => true, { fireAt: DUE + 60_000 }),
    }),
    "one came without a reminder": ({ notifications }) => ({
      notifications: changed(notifications, () => true, { fireAt: null }),
    }),
    "one came for a task that was completed before": (e) =>
      withTold(e, { tasks: changed(e.loaded.tasks, ({ id }) => id === BANK, { reminder: "none" }) }),
    "nobody was told that it came": ({ events }) => ({ events: without(events, "r2") }),
  },
  "every feed is what was published for screens, once": {
    "an entry is missing at the end": ({ feed }) => ({ feed: feed.slice(0, -1) }),
    "an entry is missing in between": ({ feed }) => ({ feed: feed.filter(({ seq }) => seq !== 2) }),
    "an entry is there twice": ({ feed }) => ({ feed: [...feed, ...changed(feed, () => true, { seq: 5 }).slice(-1)] }),
    "an old state was shown": ({ feed }) => ({ feed: changed(feed, ({ seq }) => seq === 4, { data: feed[0]?.data }) }),
  },
  "every screen saw its feed as the database has it": {
    "one missed an entry": ({ screens }) => ({
      screens: screens.map((screen) => ({ ...screen, frames: screen.frames.slice(1) })),
    }),
    "one saw an entry twice": ({ screens }) => ({
      screens: screens.map((screen) => ({ ...screen, frames: [...screen.frames.slice(0, 1), ...screen.frames] })),
    }),
    "one saw them in another order": ({ screens }) => ({
      screens: screens.map((screen) => ({ ...screen, frames: screen.frames.toReversed() })),
    }),
    "one was told that the past is gone": ({ screens }) => ({
      screens: screens.map((screen) => ({ ...screen, resets: 1 })),
    }),
  },
  "every outbox is empty": {
    "an event is left": () => ({ outbox: [{ service: "tasks", eventId: "e9" }] }),
  },
  "everybody who signed up has one account, and that was published once": {
    "an account is missing": ({ users }) => ({ users: users.filter((id) => id !== BOB) }),
    "nobody was told": ({ events }) => ({ events: without(events, "u2") }),
    "it was published under two ids": ({ events }) => ({
      events: [...events, ...changed(events, () => true, { id: "u3" }).slice(1, 2)],
    }),
  },
};

describe("the invariants", () => {
  it.each(Object.entries(invariants))("hold where nothing was lost: %s", (_, holds) => {
    expect(holds(whole)).toEqual([]);
  });

  it("know no order between two services: a reminder may be told as sent after its task was changed", () => {
    const events = changed(whole.events, ({ id }) => id === "r1", { version: 2 });
    const name = "versions never go back in what a service says on a topic";
    expect(invariants[name]?.({ ...whole, events })).toEqual([]);
    const bySame = changed(events, ({ id }) => id === "r2", { source: "/todo/tasks" });
    expect(invariants[name]?.({ ...whole, events: bySame })).toHaveLength(1);
  });

  it("are each shown to fail", () => {
    expect(Object.keys(broken).sort()).toEqual(Object.keys(invariants).sort());
    for (const ways of Object.values(broken)) expect(Object.keys(ways).length).toBeGreaterThan(0);
  });

  const cases = Object.entries(broken).flatMap(([name, ways]) =>
    Object.entries(ways).map(([what, breaks]) => [name, what, breaks] as const),
  );
  it.each(cases)("notice by %j that %s", (name, _, breaks) => {
    const found = invariants[name]?.({ ...whole, ...breaks(whole) }) ?? [];
    expect(found.length).toBeGreaterThan(0);
    for (const line of found) expect(line).not.toContain("undefined");
  });
});
