import { describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import type { AuditPage } from "#contracts/http/audit";
import type { PendingApproval } from "#contracts/http/chat";
import { eventually } from "#test/kit/support/harness";
import type { Person } from "#test/system/person";
import { focusedName, tabTo } from "./keyboard.ts";
import { onStage } from "./stage-hooks.ts";
import { addTask, row, type Stage, tasksOf } from "./support.ts";

let stage: Stage;
onStage((set) => {
  stage = set;
});

const titles = async (person: Person): Promise<string[]> => (await tasksOf(person)).map(({ title }) => title);
const pending = async (person: Person): Promise<readonly PendingApproval[]> =>
  (await person.get<{ items: PendingApproval[] }>("/api/v1/approvals")).body.items;

const messages = (page: Page) => page.getByRole("region", { name: "Messages" });

/** Who types faster than the answer comes has to wait for its end. */
async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: "Send" }).waitFor();
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

describe("what is said in the chat", () => {
  it("becomes a card, and a task in the list, and is taken back from the card", async () => {
    const ada = await stage.newPerson();
    const [chat, list] = await Promise.all([stage.open({ person: ada, path: "/" }), stage.open({ person: ada })]);
    await Promise.all([chat.live(), list.live()]);
    const { page } = chat;
    await page.getByRole("heading", { name: "What is to be done?" }).waitFor();
    await page.getByRole("button", { name: "Pay rent every 1st, remind me the day before" }).click();
    await messages(page)
      .getByText(/^Added: Pay rent, every 1st.*reminder the day before/)
      .first()
      .waitFor();
    const rent = row(list.page, "Pay rent");
    await rent.getByText("Repeats every 1st").waitFor();
    // The conversation has an address now, and is the same there.
    await page.waitForURL("**/chat/*");
    await page.reload();
    await messages(page)
      .getByText(/^Added: Pay rent, every 1st.*reminder the day before/)
      .first()
      .waitFor();

    await messages(page).getByRole("button", { name: "Undo" }).click();
    await rent.waitFor({ state: "detached" });
    expect(await titles(ada)).toEqual([]);
  });

  it("is done before one's eyes in the list beside it, which goes and stays away when it is not wanted", async () => {
    const ada = await stage.newPerson();
    const { page, live } = await stage.open({ person: ada, path: "/" });
    await live();
    const beside = page.getByRole("region", { name: "Tasks beside the chat" });
    await beside.getByRole("heading", { name: "Nothing to do" }).waitFor();
    await say(page, "add water the plants");
    await row(page, "water the plants").getByRole("checkbox").click();
    await beside.getByRole("heading", { name: "Nothing to do" }).waitFor();
    await eventually(async () => expect(await tasksOf(ada, "?status=completed")).toHaveLength(1));
    await page.getByRole("button", { name: "Hide tasks" }).click();
    await beside.waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("button", { name: "Show tasks" }).waitFor();
    expect(await beside.count()).toBe(0);
    // Where there is no room for both, nothing of it is there.
    const phone = await stage.open({ person: ada, size: "phone", path: "/" });
    await phone.live();
    expect(await phone.page.getByRole("region", { name: "Tasks beside the chat" }).count()).toBe(0);
  });

  it("goes on as a conversation: it knows what was meant, and is found again among the earlier ones", async () => {
    const ada = await stage.newPerson();
    const { page } = await stage.open({ person: ada, path: "/" });
    await say(page, "call the bank tomorrow at 10");
    await messages(page)
      .getByText(/^Added: Call the bank/i)
      .first()
      .waitFor();
    await say(page, "make it p1");
    await eventually(async () => expect(await tasksOf(ada)).toMatchObject([{ priority: "p1" }]));
    await page.getByRole("button", { name: "New chat" }).click();
    await page.getByRole("heading", { name: "What is to be done?" }).waitFor();
    await page.getByRole("button", { name: "Conversations" }).click();
    await page
      .getByRole("navigation", { name: "Conversations" })
      .getByRole("link", { name: /^call the bank/i })
      .click();
    await messages(page).getByText("make it p1").waitFor();
  });

  it("is said again in other words: the message and what followed are replaced", async () => {
    const ada = await stage.newPerson();
    const { page } = await stage.open({ person: ada, path: "/" });
    await say(page, "show my tasks");
    await messages(page).getByRole("heading", { name: "Assistant" }).waitFor({ state: "attached" });
    await messages(page).getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Edit your message").fill("add buy milk");
    await page.keyboard.press("Enter");
    await messages(page)
      .getByText(/^Added: Buy milk/i)
      .first()
      .waitFor();
    await messages(page).getByText("show my tasks").waitFor({ state: "detached" });
    expect(await titles(ada)).toEqual(["buy milk"]);
  });
});

describe("somebody who touches no mouse", () => {
  it("says, takes back, approves, edits what was said, and goes from one conversation to another", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "old idea" });
    const { page, live } = await stage.open({ person: ada, path: "/" });
    await live();
    await page.keyboard.press("c");
    expect(await focusedName(page)).toBe("Message");
    await page.keyboard.type("add buy milk");
    await page.keyboard.press("Enter");
    await messages(page).getByText("Added: Buy milk").waitFor();
    await tabTo(page, messages(page).getByRole("button", { name: "Undo" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await messages(page).getByText("Undone").waitFor();
    expect(await titles(ada)).toEqual(["old idea"]);

    await tabTo(page, page.getByLabel("Message", { exact: true }));
    await page.keyboard.type('delete "old idea"');
    await page.keyboard.press("Enter");
    const approve = page.getByRole("button", { name: "Approve" });
    await approve.waitFor();
    await tabTo(page, approve, "Shift+Tab");
    await page.keyboard.press("Enter");
    await messages(page).getByText("Deleted: old idea").first().waitFor();

    await tabTo(page, messages(page).getByRole("button", { name: "Edit" }).first());
    await page.keyboard.press("Enter");
    await eventually(async () => expect(await focusedName(page)).toBe("Edit your message"));
    await page.keyboard.press("Control+A");
    await page.keyboard.type("add buy bread");
    await page.keyboard.press("Enter");
    await messages(page).getByText("Added: Buy bread").waitFor();
    await messages(page).getByText("Deleted: old idea").waitFor({ state: "detached" });

    await page.keyboard.press("Escape");
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press("g");
    await page.keyboard.press("n");
    await page.getByRole("heading", { name: "What is to be done?" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    const earlier = page.getByRole("dialog").getByRole("link", { name: /buy milk/i });
    await tabTo(page, earlier);
    await page.keyboard.press("Enter");
    await messages(page).getByText("Added: Buy bread").waitFor();
  });
});

describe("a deletion that the assistant asks about", () => {
  it("happens when it is approved, on every screen, and stands in the trail as approved by the person", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "old idea" });
    const [chat, list] = await Promise.all([stage.open({ person: ada, path: "/" }), stage.open({ person: ada })]);
    await list.live();
    await say(chat.page, 'delete "old idea"');
    const ask = chat.page.getByRole("button", { name: "Approve" });
    await ask.waitFor();
    await row(list.page, "old idea").waitFor();
    expect(await titles(ada)).toEqual(["old idea"]);
    await ask.click();
    await messages(chat.page).getByText("Deleted: old idea").first().waitFor();
    await row(list.page, "old idea").waitFor({ state: "detached" });
    expect([await titles(ada), await pending(ada)]).toEqual([[], []]);
    await eventually(async () => {
      const { items } = (await ada.get<AuditPage>("/api/v1/audit/events")).body;
      expect(items.map(({ type }) => type)).toContain("dev.todo.chat.approval_given.v1");
    });
  });

  it("does not happen when it is rejected, and the card says so", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "old idea" });
    const { page } = await stage.open({ person: ada, path: "/" });
    await say(page, 'delete "old idea"');
    await page.getByRole("button", { name: "Reject" }).click();
    await page.getByRole("button", { name: "Reject" }).waitFor({ state: "detached" });
    await messages(page)
      .getByText(/said no|not done|kept/i)
      .first()
      .waitFor();
    await eventually(async () => expect(await pending(ada)).toEqual([]));
    expect(await titles(ada)).toEqual(["old idea"]);
  });

  it("is still asked about after a reload, and in another browser; decided there, it is decided here", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "old idea" });
    const here = await stage.open({ person: ada, path: "/" });
    await say(here.page, 'delete "old idea"');
    await here.page.getByRole("button", { name: "Approve" }).waitFor();
    await here.page.waitForURL("**/chat/*");
    await here.page.reload();
    const ask = here.page.getByRole("button", { name: "Approve" });
    await ask.waitFor();
    await here.live();

    const there = await stage.open({ person: ada, size: "phone", path: new URL(here.page.url()).pathname });
    await there.page.getByRole("button", { name: "Approve" }).tap();
    await messages(there.page).getByText("Deleted: old idea").first().waitFor();
    await messages(here.page).getByText("Deleted: old idea").first().waitFor();
    expect(await ask.count()).toBe(0);
    expect([await titles(ada), await pending(ada)]).toEqual([[], []]);
  });

  it("happens once when the page is left in the middle of the approval", async () => {
    const ada = await stage.newPerson();
    await addTask(ada, { title: "old idea" });
    await addTask(ada, { title: "good idea" });
    const { page } = await stage.open({ person: ada, path: "/" });
    await say(page, 'delete "old idea"');
    const ask = page.getByRole("button", { name: "Approve" });
    await ask.waitFor();
    await page.waitForURL("**/chat/*");
    // Gone as soon as the service has taken the decision, before the answer has come.
    const taken = page.waitForResponse((response) => response.url().includes("/api/v1/approvals/"));
    await ask.click();
    await taken;
    await page.reload();
    await messages(page).getByText("Deleted: old idea").first().waitFor();
    expect(await page.getByRole("button", { name: "Approve" }).count()).toBe(0);
    expect([await titles(ada), await pending(ada)]).toEqual([["good idea"], []]);
  });
});
