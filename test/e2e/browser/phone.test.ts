import { describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually } from "#test/kit/support/harness";
import type { Person } from "#test/system/person";
import { onStage } from "./stage-hooks.ts";
import { addTask, row, type Screen, type Stage, tasksOf } from "./support.ts";

let stage: Stage;
onStage((set) => {
  stage = set;
});

const onPhone = async (person: Person, path = "/tasks"): Promise<Screen> => {
  const screen = await stage.open({ person, size: "phone", path });
  await screen.live();
  return screen;
};

/** Nothing is to be reached by scrolling sideways, whatever was opened. */
const fits = async (page: Page): Promise<void> =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);

const messages = (page: Page) => page.getByRole("region", { name: "Messages" });

describe("somebody with a phone of 375 pixels and a finger", () => {
  it("signs up, and is where words become tasks", async () => {
    const { page } = await stage.open({ size: "phone", path: "/" });
    await page.getByRole("link", { name: "Create account" }).tap();
    await page.waitForURL("**/sign-up");
    await page.getByLabel("Name").fill("Grace");
    await page.getByLabel("Email").fill("grace@example.com");
    await page.getByLabel("Password").fill("correct-horse-battery");
    await fits(page);
    await page.getByRole("button", { name: "Create account" }).tap();
    await page.getByRole("link", { name: "Chat" }).tap();
    await page.getByRole("heading", { name: "What is to be done?" }).waitFor();
    await page.getByRole("button", { name: "Call the dentist tomorrow at 10 p1" }).tap();
    await messages(page)
      .getByText(/^Added: Call the dentist/)
      .waitFor();
    await fits(page);
    await page.getByRole("link", { name: "Tasks" }).tap();
    await row(page, "Call the dentist").getByText("Due Tomorrow 10:00").waitFor();
  });

  it("adds a task, gives it everything that a task has, completes it, takes that back, and deletes it", async () => {
    const ada = await stage.newPerson();
    const { page } = await onPhone(ada);
    await page.getByLabel("Add a task").fill("pay rent every 1st remind me the day before p1 #home");
    const understood = page.getByRole("list", { name: "Understood" });
    await understood.getByRole("button", { name: /#home/ }).tap();
    await understood.getByRole("button", { name: /#home/ }).waitFor({ state: "detached" });
    await fits(page);
    await page.getByRole("button", { name: "Add", exact: true }).tap();
    const rent = row(page, "pay rent #home");
    await rent.getByText("Repeats every 1st").waitFor();

    await rent.getByRole("button", { name: /^Edit/ }).tap();
    await page.getByLabel("Title").fill("pay the rent");
    for (const [label, value] of [
      ["Due", "2030-12-12"],
      ["Time", "07:30"],
      ["Deadline", "2031-01-01"],
      ["Repeats", "every 3 days"],
      ["Tags", "home money"],
      ["Notes", "from the other account"],
    ] as const) {
      await page.getByLabel(label, { exact: true }).fill(value);
    }
    await page.getByLabel("Priority", { exact: true }).selectOption("Priority 2");
    await page.getByLabel("Reminder", { exact: true }).selectOption("An hour before");
    await fits(page);
    await page.getByRole("button", { name: /^Save/ }).tap();
    await row(page, "pay the rent").getByText("#money").waitFor();
    await eventually(async () =>
      expect(await tasksOf(ada)).toMatchObject([
        {
          title: "pay the rent",
          due: "2030-12-12T07:30",
          deadline: "2031-01-01",
          priority: "p2",
          tags: ["home", "money"],
          recurrence: { rrule: "FREQ=DAILY;INTERVAL=3" },
          reminder: { minutesBefore: 60 },
          notes: "from the other account",
        },
      ]),
    );

    await page.getByLabel("Add a task").fill("read a chapter");
    await page.getByRole("button", { name: "Add", exact: true }).tap();
    const chapter = row(page, "read a chapter");
    await chapter.getByText("Saving…").waitFor({ state: "detached" });
    await chapter.getByRole("checkbox").tap();
    await chapter.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).tap();
    await chapter.waitFor();
    await chapter.getByRole("checkbox").tap();
    await page.getByText("Completed", { exact: true }).tap();
    await chapter.getByRole("checkbox", { checked: true }).tap();
    await page.getByText("Open", { exact: true }).tap();
    await chapter.getByRole("button", { name: /^Actions for/ }).tap();
    await fits(page);
    await page.getByRole("menuitem", { name: "Delete" }).tap();
    await chapter.waitFor({ state: "detached" });
    await eventually(async () =>
      expect((await tasksOf(ada, "?status=all")).map(({ title }) => title)).toEqual(["pay the rent"]),
    );
  });

  it("searches, filters, sorts, and scrolls through more than a page", async () => {
    const ada = await stage.newPerson();
    await Promise.all(
      Array.from({ length: 130 }, (_, i) =>
        addTask(ada, { title: `task ${String(i + 1).padStart(3, "0")}`, ...(i % 10 === 0 ? { priority: "p1" } : {}) }),
      ),
    );
    const { page } = await onPhone(ada);
    await page.getByText("130 tasks").waitFor();
    await page.getByLabel("Search tasks").fill("077");
    await row(page, "task 076").waitFor({ state: "detached" });
    await row(page, "task 077").waitFor();
    await page.getByRole("button", { name: "Clear search" }).tap();

    await page.getByRole("button", { name: /Filter and sort/ }).tap();
    const dialog = page.getByRole("dialog", { name: "Filter and sort" });
    await dialog.getByLabel("Sort by", { exact: true }).selectOption("Title, Z to A");
    await dialog.getByRole("checkbox", { name: "Priority 1" }).tap();
    await fits(page);
    await page.getByText("13 tasks").waitFor();
    await dialog.getByRole("button", { name: "Clear filters" }).tap();
    await page.getByText("130 tasks").waitFor();
    await page.touchscreen.tap(8, 8);
    await dialog.waitFor({ state: "detached" });

    const last = row(page, "task 130");
    const list = page.getByRole("list", { name: "Tasks" });
    await eventually(async () => {
      await list.evaluate((element) => element.parentElement?.scrollBy(0, 2_000));
      expect(await last.isVisible()).toBe(true);
    }, 20_000);
    await fits(page);
  });

  it("says all of it in the chat: adds, lists, changes, completes, and deletes after a yes", async () => {
    const ada = await stage.newPerson();
    const { page } = await onPhone(ada, "/");
    const say = async (words: string, answered: string | RegExp): Promise<void> => {
      await page.getByLabel("Message", { exact: true }).fill(words);
      await page.getByRole("button", { name: "Send" }).tap();
      await messages(page).getByText(answered).first().waitFor();
      await page.getByRole("button", { name: "Send" }).waitFor();
      await fits(page);
    };
    await say("pay the rent every 1st at 9am, remind me the day before p1 #home", /^Added: Pay the rent, every 1st/);
    await say("water the plants tomorrow #home", /^Added: Water the plants/);
    await say("show my #home tasks", /^Looked up: 2 tasks/);
    await say("move task 2 to friday", /^Changed: Water the plants, due/);
    await say("set it to p2", /^Changed: Water the plants, .*p2/);
    await say("complete task 2", "Completed: water the plants");
    await say("reopen it", /^Reopened: Water the plants/);
    await say("delete task 2", /^Delete “water the plants”/);
    await page.getByRole("button", { name: "Approve" }).tap();
    await messages(page).getByText("Deleted: water the plants").first().waitFor();
    expect(await tasksOf(ada)).toMatchObject([
      { title: "pay the rent", priority: "p1", tags: ["home"], reminder: { minutesBefore: 1_440 } },
    ]);

    await page.getByRole("button", { name: "New chat" }).tap();
    await page.getByRole("heading", { name: "What is to be done?" }).waitFor();
    await page.getByRole("button", { name: "Conversations" }).tap();
    await page
      .getByRole("dialog")
      .getByRole("link", { name: /^pay the rent/i })
      .tap();
    await messages(page).getByText("reopen it").waitFor();
    await fits(page);
  });
});
