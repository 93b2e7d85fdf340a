import { describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually } from "#test/kit/support/harness";
import { focusedName, tabTo } from "./keyboard.ts";
import { onStage } from "./stage-hooks.ts";
import { addTask, row, type Stage, tasksOf } from "./support.ts";

let stage: Stage;
onStage((set) => {
  stage = set;
});

/** What stands in the list, from top to bottom. */
const titles = (page: Page): Promise<string[]> =>
  page.locator("[data-task]").evaluateAll((rows) => rows.map((one) => one.getAttribute("aria-label") ?? ""));

describe("somebody who touches no mouse", () => {
  it("signs up, out and in again", async () => {
    const { page } = await stage.open({ path: "/" });
    await tabTo(page, page.getByRole("link", { name: "Create account" }));
    await page.keyboard.press("Enter");
    await page.waitForURL("**/sign-up");
    await tabTo(page, page.getByLabel("Name"));
    await page.keyboard.type("Ada");
    await page.keyboard.press("Tab");
    await page.keyboard.type("ada");
    await page.keyboard.press("Enter");
    // What is wrong is said, and the cursor stands where it is to be mended.
    await page.getByText("This does not look like an email address.").waitFor();
    expect(await focusedName(page)).toBe("Email");
    await page.keyboard.press("End");
    await page.keyboard.type("@example.com");
    await page.keyboard.press("Tab");
    await page.keyboard.type("correct-horse-battery");
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Main" }).first().waitFor();

    await page.goto("/tasks");
    await tabTo(page, page.getByRole("button", { name: "Account" }));
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();

    await tabTo(page, page.getByLabel("Email"));
    await page.keyboard.type("ada@example.com");
    await page.keyboard.press("Tab");
    await page.keyboard.type("not-the-password");
    await page.keyboard.press("Enter");
    await page.getByText("Email or password is wrong.").waitFor();
    await tabTo(page, page.getByLabel("Password"), "Shift+Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("correct-horse-battery");
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Main" }).first().waitFor();
  });

  it("adds, reads what was understood, edits, ranks, completes, deletes and undoes", async () => {
    const ada = await stage.newPerson();
    const { page, live } = await stage.open({ person: ada });
    await live();
    await page.keyboard.press("n");
    expect(await focusedName(page)).toBe("Add a task");
    await page.keyboard.type("pay rent every 1st remind me the day before p1 #home");
    const understood = page.getByRole("list", { name: "Understood" });
    await understood.getByRole("button").nth(3).waitFor();
    // A tag that is meant as a word.
    await tabTo(page, understood.getByRole("button", { name: /#home/ }));
    await page.keyboard.press("Enter");
    await understood.getByRole("button", { name: /#home/ }).waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    const rent = row(page, "pay rent #home");
    await rent.getByText("Repeats every 1st").waitFor();
    await rent.getByText("Reminder the day before").waitFor();
    await page.keyboard.type("water the plants");
    await page.keyboard.press("Enter");
    await row(page, "water the plants").getByText("#2").waitFor();
    expect(await tasksOf(ada)).toMatchObject([
      { title: "pay rent #home", priority: "p1", recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=1" }, tags: [] },
      { title: "water the plants" },
    ]);

    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await eventually(async () => expect(await focusedName(page)).toBe("pay rent #home"));
    await page.keyboard.press("j");
    await eventually(async () => expect(await focusedName(page)).toBe("water the plants"));
    await page.keyboard.press("e");
    await eventually(async () => expect(await focusedName(page)).toBe("Title"));
    await page.keyboard.press("End");
    await page.keyboard.type(" on the balcony");
    const fields: readonly (readonly [label: string, typed: string])[] = [
      // Read the same in a browser that puts the month first, or has a.m. and p.m.
      ["Due", "12122030"],
      ["Time", "0730AM"],
      ["Priority", "Priority 2"],
      ["Deadline", "01012031"],
      ["Repeats", "every 3 days"],
      ["Reminder", "An hour"],
      ["Tags", "home green"],
      ["Notes", "the big ones first"],
    ];
    for (const [label, typed] of fields) {
      await tabTo(page, page.getByLabel(label, { exact: true }));
      await page.keyboard.type(typed);
    }
    await page.keyboard.press("Control+Enter");
    const plants = row(page, "water the plants on the balcony");
    await plants.getByText("#green").waitFor();
    await eventually(async () => expect(await focusedName(page)).toBe("water the plants on the balcony"));
    await eventually(async () =>
      expect(await tasksOf(ada)).toContainEqual(
        expect.objectContaining({
          title: "water the plants on the balcony",
          due: "2030-12-12T07:30",
          deadline: "2031-01-01",
          priority: "p2",
          tags: ["home", "green"],
          recurrence: expect.objectContaining({ rrule: "FREQ=DAILY;INTERVAL=3" }),
          reminder: { minutesBefore: 60 },
          notes: "the big ones first",
        }),
      ),
    );

    // Faster than the service: the deletion means the task as it was just made.
    await page.keyboard.press("3");
    await plants.getByRole("checkbox", { name: /Priority 3/ }).waitFor();
    await page.keyboard.press("#");
    await plants.waitFor({ state: "detached" });
    await page.getByText("Deleted “water the plants on the balcony”").waitFor();
    // The focus went on to the neighbour; the key for undo works from wherever one is.
    await eventually(async () => expect(await focusedName(page)).toBe("pay rent #home"));
    await page.keyboard.press("u");
    await plants.waitFor();
    await page.keyboard.press("k");
    await page.keyboard.press("x");
    await page.getByText("Completed “pay rent #home”").waitFor();
    await eventually(async () => expect(await tasksOf(ada, "?status=completed")).toHaveLength(1));
  });

  it("finds, filters, sorts, and turns the pages", async () => {
    const ada = await stage.newPerson();
    await Promise.all(
      Array.from({ length: 130 }, (_, i) =>
        addTask(ada, { title: `task ${String(i + 1).padStart(3, "0")}`, ...(i % 10 === 0 ? { priority: "p1" } : {}) }),
      ),
    );
    await addTask(ada, { title: "pay the rent", tags: ["home"], due: "2027-02-01" });
    const { page } = await stage.open({ person: ada });
    await page.getByText("131 tasks").waitFor();

    await page.keyboard.press("/");
    await page.keyboard.type("rent");
    await eventually(async () => expect(await titles(page)).toEqual(["pay the rent"]));
    await page.keyboard.press("Escape");
    await eventually(async () => expect((await titles(page)).length).toBeGreaterThan(10));

    const filter = page.getByRole("button", { name: /Filter and sort/ });
    await tabTo(page, filter);
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Filter and sort" });
    await tabTo(page, dialog.getByLabel("Sort by", { exact: true }));
    await page.keyboard.type("Title, Z");
    await tabTo(page, dialog.getByRole("checkbox", { name: "Priority 1" }));
    await page.keyboard.press("Space");
    await page.keyboard.press("Escape");
    await eventually(async () => expect(await focusedName(page)).toMatch(/Filter and sort, 1 filter/));
    await eventually(async () => expect((await titles(page)).slice(0, 2)).toEqual(["task 121", "task 111"]));
    await page.getByText("13 tasks").waitFor();
    // The address says it, too: somebody may keep it, or send it to another browser of theirs.
    expect(new URL(page.url()).search).toContain("p1");
    await page.reload();
    await eventually(async () => expect((await titles(page)).slice(0, 2)).toEqual(["task 121", "task 111"]));

    await tabTo(page, page.getByRole("radio", { name: "Open" }));
    await page.keyboard.press("ArrowRight");
    await page.getByRole("heading", { name: "No task fits" }).waitFor();
    await tabTo(page, page.getByRole("button", { name: "Clear filters" }));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Nothing completed yet" }).waitFor();
    await tabTo(page, page.getByRole("radio", { name: "Completed" }));
    await page.keyboard.press("ArrowLeft");
    await page.getByText("131 tasks").waitFor();
    // The count was known before; the rows come when they come.
    await eventually(async () => expect((await titles(page)).length).toBeGreaterThan(10));

    // More than the API gives at once.
    const reached = new Set([await focusedName(page)]);
    for (let place = 1; place <= 131; place++) {
      await page.keyboard.press("j");
      await eventually(async () => {
        const name = await focusedName(page);
        expect(reached).not.toContain(name);
        reached.add(name);
      });
    }
    expect(reached).toContain("task 130");
  });

  it("has a list of the keys, and a palette of everything that can be done", async () => {
    const { page, live } = await stage.open({ person: await stage.newPerson() });
    await live();
    await page.getByRole("heading", { name: "Nothing to do" }).waitFor();
    await page.keyboard.press("?");
    const shortcuts = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await shortcuts.getByText("Undo the last change").waitFor();
    await page.keyboard.press("Escape");
    await shortcuts.waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Search commands" }).waitFor();
    await page.keyboard.type("add a");
    await page.keyboard.press("Enter");
    await eventually(async () => expect(await focusedName(page)).toBe("Add a task"));
  });
});

describe("two browsers of the same person", () => {
  it("stay in step", async () => {
    const ada = await stage.newPerson();
    const [here, there] = await Promise.all([stage.open({ person: ada }), stage.open({ person: ada, size: "phone" })]);
    await Promise.all([here.live(), there.live()]);
    await here.page.getByLabel("Add a task").fill("call the bank tomorrow 10am");
    await here.page.keyboard.press("Enter");
    const shown = row(there.page, "call the bank");
    await shown.getByText("Due Tomorrow 10:00").waitFor();

    await shown.getByRole("button", { name: /^Actions for/ }).tap();
    await there.page.getByRole("menuitemradio", { name: "Priority 1" }).tap();
    await row(here.page, "call the bank")
      .getByRole("checkbox", { name: /Priority 1/ })
      .waitFor();

    await row(here.page, "call the bank").getByRole("checkbox").click();
    await shown.waitFor({ state: "detached" });
    await there.page.getByText("Completed", { exact: true }).tap();
    await shown.getByRole("checkbox", { checked: true }).waitFor();
  });

  it("keep two changes of one task, and never write over a contested one unasked", async () => {
    const ada = await stage.newPerson();
    const task = await addTask(ada, { title: "write the report" });
    const { page, live } = await stage.open({ person: ada });
    await live();
    await page.getByRole("button", { name: "Edit “write the report”" }).click();
    const elsewhere = await ada.send({
      method: "PATCH",
      path: `/api/v1/tasks/${task.id}`,
      headers: { "if-match": `"${task.version}"` },
      body: { title: "write the long report", priority: "p1" },
    });
    expect(elsewhere.status).toBe(200);
    await page.getByText("It was changed elsewhere since you began.").waitFor();
    await page.getByLabel("Title").fill("write the short report");
    await page.getByLabel("Tags").fill("work");
    await page.getByRole("button", { name: /^Save/ }).click();
    await page.getByText("Somebody changed it first.", { exact: false }).waitFor();
    await row(page, "write the long report").waitFor();
    expect(await tasksOf(ada)).toMatchObject([{ title: "write the long report", tags: [] }]);
    await page.getByRole("button", { name: "Save mine" }).click();
    await row(page, "write the short report").getByText("#work").waitFor();
    await eventually(async () =>
      expect(await tasksOf(ada)).toMatchObject([{ title: "write the short report", tags: ["work"], priority: "p1" }]),
    );
  });
});

describe("a task that comes again", () => {
  it("shows the next one when it is completed, one alone, also when that was a mistake", async () => {
    const ada = await stage.newPerson();
    const { page, live } = await stage.open({ person: ada });
    await live();
    await page.getByLabel("Add a task").fill("water the plants every day");
    await page.keyboard.press("Enter");
    const plants = row(page, "water the plants");
    await plants.getByText("Due Today").waitFor();
    await plants.getByRole("checkbox").click();
    await plants.getByText("Due Tomorrow").waitFor();
    expect(await plants.count()).toBe(1);
    // Taken back, the next one goes; done again, it comes back as the same one.
    const [next] = await tasksOf(ada);
    await page.getByRole("button", { name: "Undo" }).click();
    await plants.getByText("Due Today").waitFor();
    await eventually(async () => expect(await plants.count()).toBe(1));
    await plants.getByRole("checkbox").click();
    await plants.getByText("Due Tomorrow").waitFor();
    await eventually(async () => expect(await plants.count()).toBe(1));
    await eventually(async () => expect((await tasksOf(ada)).map(({ id }) => id)).toEqual([next?.id]));
  });
});
