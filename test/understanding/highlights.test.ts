import { describe, expect, test } from "@jest/globals";
import { understand } from "#understanding/understand";

const OPTIONS = { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin" };
const marks = (said: string): string[] => understand(said, OPTIONS).spans.map(({ kind, text }) => `${kind}: ${text}`);

describe("highlights", () => {
  test("show each part that was understood, with its prepositions", () => {
    expect(marks("Pay rent every 1st at 9am p1 @home {march 30}, remind me the day before")).toEqual([
      "recurrence: every 1st",
      "time: at 9am",
      "priority: p1",
      "tag: @home",
      "deadline: {march 30}",
      "reminder: , remind me the day before",
    ]);
    expect(marks("Call Bob due on friday at 6pm")).toEqual(["due: due on friday", "time: at 6pm"]);
  });

  test("show the command's own words", () => {
    expect(marks("remind me tomorrow at 9 to call Bob")).toEqual([
      "verb: remind me",
      "due: tomorrow",
      "time: at 9",
      "verb: to",
    ]);
    expect(marks("move task 12 to friday")).toEqual(["verb: move", "verb: task 12 to", "due: friday"]);
  });

  test("that are clicked away become words of the title", () => {
    const said = "Write the monday chapter friday p1";
    const { spans } = understand(said, OPTIONS);
    expect(spans.map(({ text }) => text)).toEqual(["friday", "p1"]);
    const ignore = spans.filter(({ text }) => text === "friday");
    expect(understand(said, { ...OPTIONS, ignore })).toMatchObject({
      title: "Write the monday chapter friday",
      priority: "p1",
    });
    expect(understand(said, { ...OPTIONS, ignore }).due).toBeUndefined();
  });

  test("of a verb that is clicked away leave a task of all words", () => {
    const said = "delete old photos";
    expect(understand(said, OPTIONS)).toMatchObject({ intent: "delete_task" });
    expect(understand(said, { ...OPTIONS, ignore: [{ start: 0, end: 6 }] })).toEqual({
      intent: "add_task",
      title: said,
      spans: [],
    });
  });

  test("leave what is around an ignored word to be understood", () => {
    const said = "Plan the tomorrow party next friday";
    const at = said.indexOf("tomorrow");
    expect(understand(said, { ...OPTIONS, ignore: [{ start: at, end: at + 8 }] })).toMatchObject({
      title: "Plan the tomorrow party",
      due: "2026-11-27",
    });
  });
});

describe("references that only a conversation can resolve", () => {
  test("are kept beside the printed form", () => {
    expect(understand("delete the second one", OPTIONS)).toMatchObject({
      reference: { ordinal: 2 },
      requiresApproval: true,
    });
    expect(understand("complete the last task", OPTIONS)).toMatchObject({ reference: { ordinal: -1 } });
    expect(understand("move it to friday", OPTIONS)).toMatchObject({ reference: { pronoun: true }, due: "2026-11-20" });
    expect(understand("complete 3, 4 and 5", OPTIONS)).toMatchObject({
      reference: { numbers: ["3", "4", "5"] },
      requiresApproval: true,
    });
  });
});
