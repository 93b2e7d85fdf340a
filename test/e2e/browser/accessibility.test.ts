import { AxeBuilder } from "@axe-core/playwright";
import { describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import type { Person } from "#test/system/person";
import { type Furnished, furnish } from "./furnish.ts";
import { onStage } from "./stage-hooks.ts";
import { row, type Screen, type Size, type Stage, type Theme } from "./support.ts";

let stage: Stage;
let ada: Person;
let furnished: Furnished;
onStage(async (set) => {
  stage = set;
  ada = await stage.newPerson();
  furnished = await furnish(ada);
});

/** @returns every rule that the page breaks, with the elements that do */
async function broken(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

/** Nothing lies beside the screen: on a phone one scrolls in one direction. */
const isWider = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

interface Sight {
  readonly name: string;
  readonly path: string;
  /** @default the person of the suite */
  readonly nobody?: boolean;
  /** @returns when it is there to be looked at */
  readonly show: (page: Page) => Promise<unknown>;
}

const sights: readonly Sight[] = [
  { name: "sign-in", path: "/sign-in", nobody: true, show: (page) => page.getByLabel("Email").waitFor() },
  {
    name: "sign-up with what is wrong",
    path: "/sign-up",
    nobody: true,
    show: async (page) => {
      await page.getByRole("button", { name: "Create account" }).click();
      await page.getByText("Enter your name.").waitFor();
    },
  },
  {
    name: "an address that is none",
    path: "/nowhere",
    nobody: true,
    show: (page) => page.getByRole("heading", { name: "There is no such page" }).waitFor(),
  },
  {
    name: "chat, before anything is said",
    path: "/",
    show: (page) => page.getByRole("heading", { name: "What is to be done?" }).waitFor(),
  },
  {
    name: "chat, with cards and a question",
    path: "/",
    show: async (page) => {
      await page.goto(`/chat/${furnished.conversationId}`);
      await page.getByRole("button", { name: "Approve" }).waitFor();
    },
  },
  {
    name: "earlier conversations",
    path: "/",
    show: async (page) => {
      await page.getByRole("button", { name: "Conversations" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "tasks", path: "/tasks", show: (page) => row(page, "pay the rent").waitFor() },
  {
    name: "tasks, all of them",
    path: "/tasks?status=all",
    show: (page) =>
      page
        .getByRole("checkbox", { name: /^Reopen/ })
        .first()
        .waitFor(),
  },
  {
    name: "quick add with what was understood",
    path: "/tasks",
    show: async (page) => {
      await page.getByLabel("Add a task").fill("pay rent every 1st p1 #home");
      await page.getByRole("list", { name: "Understood" }).getByRole("button").nth(2).waitFor();
    },
  },
  {
    name: "the editor",
    path: "/tasks",
    show: async (page) => {
      await page.getByRole("button", { name: "Edit “pay the rent”" }).click();
      await page.getByLabel("Title").waitFor();
    },
  },
  {
    name: "a task's menu",
    path: "/tasks",
    show: async (page) => {
      await row(page, "pay the rent").hover();
      await row(page, "pay the rent")
        .getByRole("button", { name: /^Actions for/ })
        .click();
      await page.getByRole("menuitem", { name: "Delete" }).waitFor();
    },
  },
  {
    name: "filter and sort",
    path: "/tasks",
    show: async (page) => {
      await page.getByRole("button", { name: "Filter and sort" }).click();
      await page.getByRole("dialog", { name: "Filter and sort" }).waitFor();
    },
  },
  {
    name: "a toast with undo",
    path: "/tasks",
    show: async (page) => {
      await page.getByLabel("Add a task").fill("take a walk today");
      await page.keyboard.press("Enter");
      await page.getByRole("checkbox", { name: "Complete “take a walk”" }).click();
      await page.getByRole("button", { name: "Undo" }).waitFor();
    },
  },
  {
    name: "nothing found",
    path: "/tasks?text=nothing-is-called-so",
    show: (page) => page.getByRole("heading", { name: "No task fits" }).waitFor(),
  },
  {
    name: "the palette",
    path: "/tasks",
    show: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog", { name: "Search commands" }).getByRole("option").first().waitFor();
    },
  },
  {
    name: "the list of keys",
    path: "/tasks",
    show: async (page) => {
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    },
  },
  {
    name: "the account's menu",
    path: "/tasks",
    show: async (page) => {
      await page.getByRole("button", { name: "Account" }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    },
  },
  {
    name: "notifications",
    path: "/tasks",
    show: async (page) => {
      await page.getByRole("button", { name: /^Notifications/ }).click();
      await page.getByRole("dialog", { name: "Notifications" }).waitFor();
    },
  },
  { name: "activity", path: "/activity", show: (page) => page.getByText("pay the rent").first().waitFor() },
  {
    name: "insights",
    path: "/insights",
    show: (page) => page.getByRole("img", { name: "Tasks added and completed a day" }).waitFor(),
  },
  {
    name: "settings",
    path: "/settings",
    show: (page) => page.getByRole("button", { name: "Delete account" }).waitFor(),
  },
  {
    name: "the question before an account is deleted",
    path: "/settings",
    show: async (page) => {
      await page.getByRole("button", { name: "Delete account" }).click();
      await page.getByRole("heading", { name: "Delete your account?" }).waitFor();
    },
  },
];

async function look({ path, nobody, show }: Sight, size: Size, theme: Theme): Promise<Screen> {
  const screen = await stage.open({ size, theme, path, ...(nobody ? {} : { person: ada }) });
  if (!nobody) await screen.live();
  await show(screen.page);
  return screen;
}

describe.each([
  { size: "desktop", theme: "light" },
  { size: "desktop", theme: "dark" },
  { size: "phone", theme: "light" },
  { size: "phone", theme: "dark" },
] as const)("axe finds nothing, and nothing lies beside the screen: $size, $theme", ({ size, theme }) => {
  it.each(sights)("$name", async (sight) => {
    const { page } = await look(sight, size, theme);
    expect(await broken(page)).toEqual([]);
    expect(await isWider(page)).toBe(false);
  });
});
