import { describe, expect, it } from "@jest/globals";
import { withoutSaid } from "../../frontend/chat/data/said.ts";

const added = "Added: Pay rent, every 1st, reminder the day before";
const asked = "Delete “old idea”? That waits for your approval";

describe("a text beneath a card", () => {
  it("goes where the card says it already, its number included", () => {
    expect(withoutSaid(`${added} (task 12).`, [added])).toBe("");
    expect(withoutSaid(`${asked}.`, [asked])).toBe("");
  });

  it("is not there at any moment while it is being written", () => {
    const whole = `${added} (task 12).`;
    for (let written = 4; written <= whole.length; written++) {
      expect(withoutSaid(whole.slice(0, written), [added])).toBe("");
    }
  });

  it("keeps what the card does not say", () => {
    expect(
      withoutSaid("Completed: water the plants. The next one is on its way.", ["Completed: water the plants"]),
    ).toBe("The next one is on its way.");
    expect(withoutSaid("Completed 2 tasks: one and two.", ["Completed 2 tasks"])).toBe(
      "Completed 2 tasks: one and two.",
    );
    expect(withoutSaid("Done. Anything else?", [added])).toBe("Done. Anything else?");
    expect(withoutSaid("Added: Pay rent by card", ["Added: Pay rent"])).toBe("Added: Pay rent by card");
  });

  it("loses each of several lines and questions that cards say", () => {
    expect(withoutSaid(`${added} (task 1).\nChanged: x (task 2).\nAll yours.`, [added, "Changed: x"])).toBe(
      "\n\nAll yours.",
    );
    expect(
      withoutSaid(`${asked}. Delete “b”? That waits for your approval.`, [
        asked,
        "Delete “b”? That waits for your approval",
      ]),
    ).toBe("");
  });

  it("is left alone where there is no card", () => {
    expect(withoutSaid("Added: nothing", [])).toBe("Added: nothing");
  });
});
