import { describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import type { NotificationPage } from "#contracts/http/notifications";
import type { Task } from "#contracts/task";
import { eventually } from "#test/kit/support/harness";
import type { Person } from "#test/system/person";
import { onStage } from "./stage-hooks.ts";
import { addTask, PATIENCE_MS, row, type Stage, tasksOf } from "./support.ts";

let stage: Stage;
onStage((set) => {
  stage = set;
});

const kept = (person: Person): Promise<readonly Task[]> => tasksOf(person, "?status=all");

/** What the list says, and what is true, in the same words. */
async function untilTrue(page: Page, person: Person): Promise<void> {
  await eventually(async () => {
    const shown = await page
      .locator("[data-task]")
      .evaluateAll((rows) =>
        rows.map((one) => [
          one.getAttribute("aria-label"),
          one.querySelector("[role=checkbox]")?.getAttribute("aria-checked") === "true" ? "completed" : "open",
        ]),
      );
    const truth = (await kept(person)).map(({ title, status }) => [title, status]);
    expect(shown.toSorted()).toEqual(truth.toSorted());
  }, PATIENCE_MS);
}

async function add(page: Page, words: string): Promise<void> {
  await page.getByLabel("Add a task").fill(words);
  await page.keyboard.press("Enter");
}

/** Ends a service as a machine does that loses power; the supervisor begins it again, as the cluster would. */
async function killed(service: string): Promise<() => Promise<void>> {
  const before = stage.product.pid(service);
  expect(before).toBeGreaterThan(0);
  process.kill(before, "SIGKILL");
  await eventually(async () => expect(await stage.product.isReady(service)).toBe(false));
  return () =>
    eventually(async () => {
      expect(stage.product.pid(service)).not.toBe(before);
      expect(await stage.product.isReady(service)).toBe(true);
    }, 60_000);
}

describe("a browser that goes offline", () => {
  it("says so, takes what is done meanwhile, and does it when it is back", async () => {
    const ada = await stage.newPerson();
    const old = await addTask(ada, { title: "call the bank" });
    const { page, live } = await stage.open({ person: ada, path: "/tasks?status=all" });
    await live();
    await page.context().setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await row(page, "call the bank").getByRole("checkbox").click();
    await page.getByText("1 change waits").waitFor();
    await add(page, "water the plants");
    await page.getByText("2 changes wait").waitFor();
    await row(page, "water the plants").getByText("Saving…").waitFor();
    // Somebody else of the household goes on.
    await addTask(ada, { title: "buy milk" });
    expect(await kept(ada)).toHaveLength(2);

    await page.context().setOffline(false);
    await page.getByText("You are offline.").waitFor({ state: "detached" });
    await row(page, "buy milk").waitFor();
    await untilTrue(page, ada);
    expect((await kept(ada)).find(({ id }) => id === old.id)).toMatchObject({ status: "completed" });
    expect(await kept(ada)).toHaveLength(3);
  });
});

describe("a service that dies in the middle", () => {
  it("tasks: nothing is shown as done that was not done", async () => {
    const ada = await stage.newPerson();
    for (const title of ["one", "two", "three"]) await addTask(ada, { title });
    const { page, live } = await stage.open({ person: ada, path: "/tasks?status=all" });
    await live();
    const back = await killed("tasks");
    await row(page, "one").getByRole("checkbox").click();
    await row(page, "two")
      .getByRole("button", { name: /^Actions for/ })
      .click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await add(page, "four");
    await back();
    // Each is tried again for a while: then it is done, or it is said that it is not. Nothing is lost in silence.
    await eventually(async () => {
      const truth = new Map((await kept(ada)).map(({ title, status }) => [title, status]));
      const isSaid = (words: string) => page.getByText(words).isVisible();
      expect(truth.get("one") === "completed" || (await isSaid("“one” is not completed"))).toBe(true);
      expect(!truth.has("two") || (await isSaid("“two” is not deleted"))).toBe(true);
      expect(truth.has("four") || (await isSaid("“four” is not added"))).toBe(true);
    }, PATIENCE_MS);
    await untilTrue(page, ada);
  });

  it("realtime: the page says that it may be behind, and catches up by itself", async () => {
    const ada = await stage.newPerson();
    const { page, live } = await stage.open({ person: ada, path: "/tasks?status=all" });
    await live();
    const back = await killed("realtime");
    await addTask(ada, { title: "said while nobody listened" });
    await back();
    await row(page, "said while nobody listened").waitFor({ timeout: 60_000 });
    await live();
    await addTask(ada, { title: "said to everybody again" });
    await row(page, "said to everybody again").waitFor();
    await untilTrue(page, ada);
  });

  it("gateway and front end: the page that is open goes on, and a reload comes to the same", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "one" });
    const { page, live } = await stage.open({ person: ada, path: "/tasks?status=all" });
    await live();
    const back = await Promise.all(["gateway", "frontend"].map(killed));
    await row(page, "one").waitFor();
    await row(page, "one").getByRole("checkbox").click();
    await Promise.all(back.map((wait) => wait()));
    await untilTrue(page, ada);
    await page.reload();
    await untilTrue(page, ada);
  });

  it("chat: an answer that was cut is said to be cut, and nothing is done twice", async () => {
    const ada = await stage.newPerson();
    const { page, live } = await stage.open({ person: ada, path: "/" });
    await live();
    const back = await killed("chat");
    await page.getByLabel("Message", { exact: true }).fill("add buy milk");
    await page.keyboard.press("Enter");
    const retry = page.getByRole("button", { name: "Try again" });
    const done = page.getByText(/^Added: Buy milk/i).first();
    await retry.or(done).first().waitFor({ timeout: 60_000 });
    await back();
    if (await retry.isVisible()) await retry.click();
    await done.waitFor({ timeout: 60_000 });
    expect((await kept(ada)).map(({ title }) => title)).toEqual(["buy milk"]);
  });
});

describe("a reminder", () => {
  it("arrives at its minute: a toast, the bell, and the list behind it", async () => {
    const ada = await stage.newPerson();
    const due = new Date(Date.now() + 62_000).toISOString().slice(0, 16);
    await addTask(ada, { title: "call the bank", timeZone: "UTC", due, reminder: { minutesBefore: 0 } });
    const { page, live } = await stage.open({ person: ada });
    await live();
    await page.getByRole("button", { name: "Notifications", exact: true }).waitFor();
    const toast = page.getByText("Reminder: call the bank");
    await toast.waitFor({ timeout: 120_000 });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(`${due}:00Z`));
    await page.getByRole("button", { name: "Notifications, 1 unread" }).click();
    const panel = page.getByRole("dialog", { name: "Notifications" });
    await panel.getByRole("link", { name: /call the bank/ }).click();
    await row(page, "call the bank").waitFor();
    await page.getByRole("button", { name: "Notifications", exact: true }).waitFor();
    await eventually(async () =>
      expect((await ada.get<NotificationPage>("/api/v1/notifications")).body).toMatchObject({ unread: 0 }),
    );
  }, 180_000);
});
