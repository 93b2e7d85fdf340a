import { describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { eventually } from "#test/kit/support/harness";
import type { Person } from "#test/system/person";
import { onStage } from "./stage-hooks.ts";
import { addTask, row, type Screen, type Stage } from "./support.ts";

let stage: Stage;
onStage((set) => {
  stage = set;
});

interface Held extends Screen {
  /** How often a document was loaded, the first included. */
  readonly loads: () => number;
  readonly letThrough: () => Promise<void>;
  readonly refuse: () => Promise<void>;
}

/** The task list with the code of its first screen alone: everything else is refused until it is let through. */
async function openFirstScreen(person: Person): Promise<Held> {
  const { text } = await person.get("/tasks");
  const first = new Set(text.match(/[\w.~-]+\.js(?=["\\])/g));
  expect(first.size).toBeGreaterThan(5);
  const screen = await stage.open({ person, path: null });
  const { page } = screen;
  let loads = 0;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) loads++;
  });
  const isLate = ({ pathname }: URL): boolean =>
    /^\/_next\/static\/chunks\/.*\.js$/.test(pathname) && !first.has(pathname.split("/").at(-1) ?? "");
  const refuse = async (): Promise<void> => {
    await page.route(isLate, (route) => route.abort("connectionrefused"));
  };
  await refuse();
  await page.goto("/tasks");
  return { ...screen, loads: () => loads, refuse, letThrough: () => page.unroute(isLate) };
}

const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });

/** What was refused once is asked for again, by itself, after a second, two, four, eight. */
const AGAIN_MS = 30_000;

describe("code that does not come", () => {
  it("offline: the page says what it lacks, loses nothing, and has it when it is back", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "call the bank" });
    const { page, live, loads, letThrough } = await openFirstScreen(ada);
    await row(page, "call the bank").waitFor();
    await page.context().setOffline(true);
    await letThrough();
    await page.getByText("You are offline.").waitFor();

    await page.getByLabel("Add a task").fill("half a sentence");
    await page.getByRole("button", { name: "Filter and sort" }).click();
    await page.getByText("What you opened is not here yet").waitFor();
    await row(page, "call the bank").waitFor();
    await page.getByRole("button", { name: "Notifications" }).click();
    await page.getByRole("button", { name: "Notifications", expanded: false }).waitFor();

    await page.context().setOffline(false);
    await page.getByText("You are offline.").waitFor({ state: "detached" });
    await page.getByText("could not be loaded").waitFor({ state: "detached" });
    await live();
    // Nothing opens by itself under somebody's hands.
    expect(await page.getByRole("dialog").or(page.getByRole("menu")).count()).toBe(0);
    await page.getByRole("button", { name: "Filter and sort" }).click();
    await dialog(page, "Filter and sort").waitFor();
    expect(await page.getByLabel("Add a task").inputValue()).toBe("half a sentence");
    expect(loads()).toBe(1);
  });

  it("refused by a server that restarts: the page tries again by itself, and never reloads itself", async () => {
    const ada = await stage.newPerson();
    const task = await addTask(ada, { title: "call the bank" });
    const { page, live, loads, letThrough } = await openFirstScreen(ada);
    await row(page, task.title).getByText(task.title).click();
    await page.getByText("A part of the page could not be loaded yet.").waitFor();
    await page.getByRole("button", { name: "Reload the page" }).waitFor();
    await row(page, task.title).getByRole("checkbox").click();

    await letThrough();
    await page
      .getByText("A part of the page could not be loaded yet.")
      .waitFor({ state: "detached", timeout: AGAIN_MS });
    // What was to be said meanwhile is said now.
    await page.getByText("Completed “call the bank”").waitFor({ timeout: AGAIN_MS });
    await live();
    expect(loads()).toBe(1);
  });

  it("of another page: it is loaded anew once, and from then on only by hand", async () => {
    const ada = await stage.newPerson();
    const { page, live, loads, refuse, letThrough } = await openFirstScreen(ada);
    const loadedAnew = page.waitForRequest((request) => request.isNavigationRequest());
    await page.getByRole("link", { name: "Insights" }).first().click();
    await loadedAnew;
    await letThrough();
    await page.getByRole("heading", { name: "Insights", level: 1 }).waitFor();
    await live();
    expect(loads()).toBe(2);

    await refuse();
    await page.getByRole("link", { name: "Activity" }).first().click();
    await page.getByRole("heading", { name: "This page did not load" }).waitFor();
    await page.getByRole("link", { name: "Tasks" }).first().waitFor();
    expect(loads()).toBe(2);
    await letThrough();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Activity", level: 1 }).waitFor();
    await live();
    expect(loads()).toBe(3);
    // For who looks into the browser's console, the reason is there.
    const complaints = await stage.clear();
    expect(complaints.filter((one) => !one.startsWith("ChunkLoadError: "))).toEqual([]);
    expect(complaints.length).toBeGreaterThan(0);
  });
});

describe("a style sheet that does not come", () => {
  it("is asked for again, and the page takes its shape without being loaded anew", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "call the bank" });
    const { page, live } = await stage.open({ person: ada, path: null });
    let refused = 0;
    await page.route(/\.css$/, (route) => (refused++ < 2 ? route.abort("connectionrefused") : route.continue()));
    let loads = 0;
    page.on("request", (request) => void (request.isNavigationRequest() && loads++));
    await page.goto("/tasks");
    await live();
    // The bars of the desk and of the phone: of a page without its shape both are there.
    const bells = page.getByRole("button", { name: "Notifications", exact: true });
    expect(await bells.count()).toBe(2);
    await eventually(async () => expect(await bells.count()).toBe(1));
    expect([refused, loads]).toEqual([3, 1]);
  });
});

describe("somebody who goes offline", () => {
  it("has everything that the page can open, once it was idle", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "call the bank" });
    const { page, live } = await stage.open({ person: ada });
    await live();
    await page.mouse.move(10, 10);
    await page.waitForFunction(() => performance.getEntriesByName("late-code").length > 0);
    await page.context().setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await page.getByRole("button", { name: "Filter and sort" }).click();
    await dialog(page, "Filter and sort").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Notifications" }).click();
    await dialog(page, "Notifications").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await dialog(page, "Keyboard shortcuts").waitFor();
    await page.keyboard.press("Escape");
    await row(page, "call the bank").getByText("call the bank").click();
    await page.getByRole("button", { name: "Save" }).waitFor();
    expect(await page.getByText("What you opened is not here yet").count()).toBe(0);
  });

  it("follows a link when he is back, and stays where he is until then", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "call the bank" });
    const { page, live } = await stage.open({ person: ada });
    await live();
    await page.context().setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await page.getByRole("link", { name: "Insights" }).first().click();
    await page.getByText("You are offline.").waitFor();
    expect(page.url()).not.toContain("chrome-error");
    await page.context().setOffline(false);
    await page.getByRole("heading", { name: "Insights", level: 1 }).waitFor();
    await live();
  });
});
