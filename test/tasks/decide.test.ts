import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Command, decide } from "#services/tasks/domain/decide";
import { evolve, type TaskEvent } from "#services/tasks/domain/events";
import { fireAtOf, planAfterChange, planReminder } from "#services/tasks/domain/reminders";
import type { TaskState } from "#services/tasks/domain/state";
import { outcomeOf, succeed, successorId } from "#services/tasks/domain/succeed";

const AT = new Date("2026-11-18T10:00:00Z");
const LATER = new Date("2026-11-18T11:00:00Z");
const ID = "01900000-0000-7000-8000-000000000001";

const created = (task: object = {}): readonly TaskEvent[] => {
  const decision = decide(undefined, {
    type: "create",
    id: ID,
    number: 1,
    userId: "alice",
    timeZone: "Europe/Berlin",
    at: AT,
    task: { title: "water the plants", ...task },
  });
  if (decision.kind === "refused") throw new Error(JSON.stringify(decision.refusal));
  return decision.events;
};

const stateAfter = (events: readonly TaskEvent[]): TaskState => {
  const state = events.reduce<TaskState | undefined>(evolve, undefined);
  if (!state) throw new Error("no events");
  return state;
};

/** Given these events, when this command, then these events or this refusal. */
const given = (events: readonly TaskEvent[]) => ({
  when: (command: Command) => {
    const decision = decide(events.length === 0 ? undefined : stateAfter(events), command);
    return {
      happens: (...expected: object[]) => expect(decision).toEqual({ kind: "accepted", events: expected }),
      refused: (refusal: object) => expect(decision).toMatchObject({ kind: "refused", refusal }),
    };
  },
});

const at = LATER.toISOString();
const completed = { type: "completed", at } as const;
const deleted = { type: "deleted", at, withdrawn: false } as const;

describe("a task", () => {
  it("that is not there can be created and nothing else", () => {
    for (const type of ["complete", "reopen", "delete", "restore"] as const) {
      given([]).when({ type, at: LATER }).refused({ code: "not-found" });
    }
  });

  it("is completed once", () => {
    given(created()).when({ type: "complete", at: LATER }).happens(completed);
    given([...created(), completed])
      .when({ type: "complete", at: LATER })
      .happens();
  });

  it("is reopened when it is completed", () => {
    given([...created(), completed])
      .when({ type: "reopen", at: LATER })
      .happens({ type: "reopened", at });
    given(created()).when({ type: "reopen", at: LATER }).happens();
  });

  it("that is deleted is not there, until it is restored", () => {
    given(created()).when({ type: "delete", at: LATER }).happens(deleted);
    given([...created(), deleted])
      .when({ type: "complete", at: LATER })
      .refused({ code: "not-found" });
    given([...created(), deleted])
      .when({ type: "restore", at: LATER })
      .happens({ type: "restored", at });
    given(created()).when({ type: "restore", at: LATER }).happens();
  });

  it("is not changed by who saw another version", () => {
    given([...created(), completed])
      .when({ type: "reopen", at: LATER, expected: "1" })
      .refused({ code: "version-mismatch" });
    given([...created(), completed])
      .when({ type: "reopen", at: LATER, expected: "2" })
      .happens({ type: "reopened", at });
  });

  it("changes in what is named, and says what changed", () => {
    given(created({ notes: "all" }))
      .when({ type: "update", at: LATER, change: { title: "feed the cat", notes: "all" } })
      .happens({ type: "updated", at, fields: { title: "feed the cat" }, changed: ["title"] });
  });

  it("begins a new series with a new rule, and keeps the old one when it is moved", () => {
    const weekly = { recurrence: { rrule: "FREQ=WEEKLY", anchor: "schedule" as const }, due: "2026-11-20" };
    const daily = { rrule: "FREQ=DAILY", anchor: "schedule" as const };
    given(created(weekly))
      .when({ type: "update", at: LATER, change: { due: "2026-11-21" } })
      .happens({ type: "updated", at, fields: { due: "2026-11-21" }, changed: ["due"] });
    given(created(weekly))
      .when({ type: "update", at: LATER, change: { due: "2026-11-21", recurrence: daily } })
      .happens({
        type: "updated",
        at,
        fields: { due: "2026-11-21", recurrence: daily, slot: "2026-11-21" },
        changed: ["due", "recurrence"],
      });
    given(created(weekly))
      .when({ type: "update", at: LATER, change: { due: "2026-11-20T09:00" } })
      .happens({
        type: "updated",
        at,
        fields: { due: "2026-11-20T09:00", slot: "2026-11-20T09:00" },
        changed: ["due"],
      });
    given(created(weekly))
      .when({ type: "update", at: LATER, change: { recurrence: null } })
      .happens({ type: "updated", at, fields: { recurrence: null, slot: null }, changed: ["recurrence"] });
  });

  it("that is completed is not moved", () => {
    given([...created(), completed])
      .when({ type: "update", at: LATER, change: { due: "2026-12-01" } })
      .refused({ code: "unprocessable" });
  });

  it("counts its versions one by one, whatever happens to it", () => {
    const command = fc.constantFrom("complete" as const, "reopen" as const, "delete" as const, "restore" as const);
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (types) => {
        let state = stateAfter(created());
        for (const type of types) {
          const decision = decide(state, { type, at: LATER });
          const events = decision.kind === "accepted" ? decision.events : [];
          const before = state;
          state = events.reduce<TaskState>(evolve, state);
          expect(state.version).toBe(before.version + events.length);
          expect(state.completedAt !== null).toBe(state.status === "completed");
        }
      }),
    );
  });
});

describe("the successor", () => {
  const recurring = created({
    due: "2026-11-18",
    deadline: "2026-11-20",
    recurrence: { rrule: "FREQ=WEEKLY", anchor: "schedule" },
    reminder: { at: "2026-11-17T18:00" },
    tags: ["garden"],
  });
  const predecessor = stateAfter([...recurring, completed]);

  const made = (existing?: TaskState): TaskState => {
    const next = outcomeOf(predecessor, existing, LATER);
    if (typeof next === "string") throw new Error(next);
    return evolve(existing, succeed(predecessor, next, { number: 2, at: LATER }));
  };

  it("says what its predecessor said, a week later", () => {
    expect(made()).toMatchObject({
      id: successorId(ID),
      predecessorId: ID,
      number: 2,
      version: 1,
      status: "open",
      due: "2026-11-25",
      deadline: "2026-11-27",
      reminder: { at: "2026-11-24T18:00" },
      tags: ["garden"],
      untouched: true,
    });
  });

  it("is not made of what is open, deleted or does not repeat, nor twice", () => {
    expect(outcomeOf(stateAfter(recurring), undefined, LATER)).toBe("not-completed");
    expect(outcomeOf(stateAfter([...created(), completed]), undefined, LATER)).toBe("not-recurring");
    expect(outcomeOf(stateAfter([...recurring, completed, deleted]), undefined, LATER)).toBe("gone");
    expect(outcomeOf(undefined, undefined, LATER)).toBe("gone");
    expect(outcomeOf(predecessor, made(), LATER)).toBe("exists");
  });

  it("goes when its predecessor is reopened, unless somebody has touched it, and comes back with a higher version", () => {
    const successor = made();
    const withdrawn = { type: "deleted", at, withdrawn: true } as const;
    expect(decide(successor, { type: "withdraw", at: LATER })).toEqual({ kind: "accepted", events: [withdrawn] });
    const touched = evolve(successor, { type: "updated", at, fields: { title: "more" }, changed: ["title"] });
    expect(decide(touched, { type: "withdraw", at: LATER })).toEqual({ kind: "accepted", events: [] });
    const gone = evolve(successor, withdrawn);
    expect(decide(gone, { type: "restore", at: LATER })).toMatchObject({ kind: "refused" });
    expect(made(gone)).toMatchObject({ version: 3, deletedAt: null, withdrawn: false, untouched: true });
  });

  it("that a person deleted stays deleted", () => {
    expect(outcomeOf(predecessor, evolve(made(), deleted), LATER)).toBe("exists");
  });

  it("is in the future also when the completion is heard of late", () => {
    const next = outcomeOf(predecessor, undefined, new Date("2026-12-05T10:00:00Z"));
    expect(next).toMatchObject({ due: "2026-12-09" });
  });
});

describe("a reminder", () => {
  const fireAt = (task: object, dayStart = "09:00", after = AT): string | undefined =>
    fireAtOf(stateAfter(created(task)), dayStart, after)?.toISOString();

  it("counts from the minute that a task is due", () => {
    expect(fireAt({ due: "2026-11-19T09:00", reminder: { minutesBefore: 30 } })).toBe("2026-11-19T07:30:00.000Z");
  });

  it("counts from the start of the user's day for a task that is due on a day", () => {
    const task = { due: "2026-12-01", reminder: { minutesBefore: 1440 } };
    expect(fireAt(task)).toBe("2026-11-30T08:00:00.000Z");
    expect(fireAt(task, "07:30")).toBe("2026-11-30T06:30:00.000Z");
  });

  it("counts days by the calendar over a clock change", () => {
    expect(fireAt({ due: "2027-03-28", reminder: { minutesBefore: 1440 } })).toBe("2027-03-27T08:00:00.000Z");
    expect(fireAt({ due: "2027-03-29", reminder: { minutesBefore: 1440 } })).toBe("2027-03-28T07:00:00.000Z");
  });

  it("fires at a time of the due day, or at a minute of its own", () => {
    expect(fireAt({ due: "2026-12-01", reminder: { at: "14:00" } })).toBe("2026-12-01T13:00:00.000Z");
    expect(fireAt({ reminder: { at: "2026-11-20T08:00" } })).toBe("2026-11-20T07:00:00.000Z");
  });

  it("at a time that the clock skips fires when the clock has skipped it", () => {
    expect(fireAt({ reminder: { at: "2027-03-28T02:30" } })).toBe("2027-03-28T01:30:00.000Z");
  });

  it("has a rhythm of its own", () => {
    const task = { reminder: { rrule: "FREQ=WEEKLY;BYDAY=MO", time: "08:00" } };
    expect(fireAt(task)).toBe("2026-11-23T07:00:00.000Z");
    expect(fireAt(task, "09:00", new Date("2026-11-23T07:00:00Z"))).toBe("2026-11-30T07:00:00.000Z");
  });

  it("does not fire for what is past, done or deleted", () => {
    expect(fireAt({ due: "2026-11-18T10:00", reminder: { minutesBefore: 30 } })).toBeUndefined();
    const events = created({ due: "2026-12-01", reminder: { minutesBefore: 0 } });
    expect(fireAtOf(stateAfter([...events, completed]), "09:00", AT)).toBeUndefined();
    expect(fireAtOf(stateAfter([...events, deleted]), "09:00", AT)).toBeUndefined();
  });

  it("whose time has come and that nobody delivered yet stays, unless the task says another time now", () => {
    const task = stateAfter(created({ due: "2026-12-01", reminder: { minutesBefore: 0 } }));
    const { schedule } = planReminder(task, undefined, new Date("2026-12-01T08:00:00Z"));
    const late = new Date("2026-12-01T08:10:00Z");
    const nothing = { cancel: undefined, schedule: undefined };
    expect(planAfterChange(task, "09:00", late, schedule)).toEqual(nothing);
    expect(planAfterChange(task, "09:00", late, undefined)).toEqual(nothing);
    const calledOff = { cancel: schedule, schedule: undefined };
    expect(planAfterChange(task, "08:30", late, schedule)).toEqual(calledOff);
    expect(planAfterChange({ ...task, status: "completed" }, "09:00", late, schedule)).toEqual(calledOff);
    expect(planAfterChange({ ...task, due: "2026-12-02" }, "09:00", late, schedule)).toMatchObject({
      cancel: schedule,
      schedule: { fireAt: new Date("2026-12-02T08:00:00Z") },
    });
  });

  it("that is still right is left alone, and one that is not makes way", () => {
    const task = stateAfter(created({ due: "2026-12-01", reminder: { minutesBefore: 0 } }));
    const wanted = new Date("2026-12-01T08:00:00Z");
    const { schedule } = planReminder(task, undefined, wanted);
    expect(schedule).toMatchObject({ taskId: ID, taskVersion: 1, fireAt: wanted });
    expect(planReminder(task, schedule, wanted)).toEqual({ cancel: undefined, schedule: undefined });
    expect(planReminder(task, schedule, undefined)).toEqual({ cancel: schedule, schedule: undefined });
    const moved = planReminder(task, schedule, new Date("2026-12-02T08:00:00Z"));
    expect(moved.cancel).toEqual(schedule);
    expect(moved.schedule?.id).not.toBe(schedule?.id);
  });
});
