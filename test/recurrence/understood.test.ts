import { describe, expect, it } from "@jest/globals";
import { newTask } from "#contracts/http/tasks";
import { decide } from "#services/tasks/domain/decide";
import { understand } from "#understanding/understand";

const NOW = "2026-11-18T10:00:00+01:00";

describe("what the assistant understands", () => {
  it.each([
    "every day",
    "every! 3 days",
    "every other day at 9am",
    "every weekday",
    "every weekend",
    "every mon, wed and fri at 02:30",
    "every other tue",
    "every 3rd friday",
    "every 2nd and 4th tuesday",
    "every last day",
    "every last workday",
    "every 15th workday, first workday, last workday",
    "every 31st",
    "every 2, 15, 27",
    "every quarter",
    "every jan 27",
    "every feb 29",
    "every 14 jan, 14 apr, 15 jun, 15 sep",
    "every 1st wed jan, 3rd thu jul",
    "every friday the 13th",
    "every day except sunday",
    "every 3 hours",
    "every! 4 hours",
    "after 10 days",
    "every day until dec 31 2033",
    "every day at 9am until dec 31 2033",
    "every week 5 times",
    "every month starting jan 3",
    "every 1st !1 day before",
    "every day at 8pm !30 min before",
    "tomorrow !14:00",
    "{march 30} friday p1 @home",
  ])("is a task that can be added: %s", (phrase) => {
    const { title, due, priority, tags, deadline, recurrence, reminder } = understand(`report ${phrase}`, {
      now: NOW,
      timeZone: "Europe/Berlin",
    });
    const task = newTask.parse({ title, due, priority, tags, deadline, recurrence, reminder });
    const decision = decide(undefined, {
      type: "create",
      id: "01900000-0000-7000-8000-000000000001",
      number: 1,
      userId: "alice",
      task,
      timeZone: "Europe/Berlin",
      at: new Date(NOW),
    });
    expect(decision).toMatchObject({ kind: "accepted" });
  });
});
