import { describe, expect, it } from "@jest/globals";
import { readAsTask } from "../../frontend/tasks/add/reading.ts";

const read = (text: string, ignored: readonly { start: number; end: number }[] = []) =>
  readAsTask(text, "Europe/Berlin", ignored);

describe("quick add", () => {
  it("makes a task of what it understands", () => {
    const { task, spans } = read("Pay rent every 1st remind me the day before p1 #home");
    expect(task).toMatchObject({
      title: "Pay rent",
      priority: "p1",
      tags: ["home"],
      recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=1", anchor: "schedule" },
      reminder: { minutesBefore: 1_440 },
      timeZone: "Europe/Berlin",
    });
    expect(spans.map(({ text }) => text)).toEqual(["every 1st", "remind me the day before", "p1", "#home"]);
  });

  it.each(["complete the report", "delete old photos", "Show me the money", "find the keys", "hello", "finish task 3"])(
    "adds %j, which the assistant would take for something else",
    (text) => {
      expect(read(text).task?.title?.toLowerCase()).toContain(text.split(" ").at(-1)?.toLowerCase());
    },
  );

  it("reads a stretch that was clicked away as plain words", () => {
    const text = "buy beer friday";
    expect(read(text).task).toMatchObject({ title: "buy beer", due: expect.any(String) });
    expect(read(text, [{ start: 9, end: 15 }]).task).toEqual({ title: text, timeZone: "Europe/Berlin" });
  });

  it("has no task where there is no title", () => {
    expect(read("p1 tomorrow").task).toBeUndefined();
  });
});
