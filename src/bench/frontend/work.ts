/** How long the main thread works for one small thing that somebody waits for. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { Stage } from "#test/e2e/browser/support";
import type { Person } from "#test/system/person";
import { median, quantileOf } from "../quantiles.ts";
import { workBetweenMarks } from "./trace.ts";

export interface Work {
  readonly samples: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly longest: number;
}

const summary = (times: readonly number[]): Work => ({
  samples: times.length,
  p50: median(times),
  p95: quantileOf(times, 0.95),
  longest: Math.max(...times),
});

/** Long enough that one thing is done before the next begins. */
const PAUSE_MS = 120;

/** Before anybody else hears of the key. */
const MARK_KEYS =
  'globalThis.keys = 0; addEventListener("keydown", () => performance.mark("bench:" + keys++), { capture: true })';

const SENTENCE = "pay the rent every 1st at 9am, remind me the day before p1 #home and #family";

/** The list with all its pages in memory, as after somebody scrolled to its end. */
async function withAllTasks(stage: Stage, person: Person, count: number): Promise<Page> {
  const { page, live } = await stage.open({ person });
  await live();
  await page.getByText(`${count.toLocaleString("en")} tasks`).waitFor();
  const list = page.locator("[data-task]").first();
  let end = "";
  for (let still = 0; still < 10; ) {
    await list.evaluate((element) => {
      let box = element.parentElement;
      while (box && box.scrollHeight <= box.clientHeight) box = box.parentElement;
      box?.scrollTo({ top: box.scrollHeight });
    });
    await delay(PAUSE_MS);
    const last = (await page.locator("[data-task]").last().getAttribute("aria-label")) ?? "";
    still = last === end ? still + 1 : 0;
    end = last;
  }
  return page;
}

export interface KeyWork {
  /** From a key until what it changed is drawn, understanding included. */
  readonly drawn: Work;
  /** Until the next key: with what is done after that, when the page is idle too. */
  readonly whole: Work;
}

/** @throws Error when a key drew nothing */
export async function keyWork(stage: Stage, person: Person, count: number): Promise<KeyWork> {
  const page = await withAllTasks(stage, person, count);
  await page.getByLabel("Add a task").focus();
  await page.keyboard.type("water the plants ");
  await page.getByLabel("Add a task").fill("");
  const work = await workBetweenMarks(page, async () => {
    await page.evaluate(MARK_KEYS);
    await page.keyboard.type(SENTENCE, { delay: PAUSE_MS });
  });
  await stage.clear();
  const drawn = work.flatMap(({ untilDrawn }) => untilDrawn ?? []);
  if (drawn.length < work.length) throw new Error(`${work.length - drawn.length} keys drew nothing`);
  return { drawn: summary(drawn), whole: summary(work.map(({ untilNext }) => untilNext)) };
}

/** As `slow-answer.js` sends them. */
const [PIECES, PIECE_MS] = [120, 120];

/** From a piece of an answer until it is drawn, in a conversation with others before it. */
export async function answerWork(stage: Stage, person: Person, count: number): Promise<Work> {
  let conversationId: string | undefined;
  for (let turn = 0; turn < 10; turn++)
    conversationId = (await person.say("what is due today?", conversationId)).conversationId;
  const page = await withAllTasks(stage, person, count);
  await page.evaluate(readFileSync(join(import.meta.dirname, "slow-answer.js"), "utf8"));
  await page.getByRole("link", { name: "Chat" }).first().click();
  await page.getByRole("button", { name: "Conversations" }).click();
  const conversations = page.getByRole("navigation", { name: "Conversations" });
  await conversations.getByRole("link", { name: /due today/ }).click();
  await page.getByRole("article").nth(9).waitFor();
  const work = await workBetweenMarks(page, async () => {
    await page.getByLabel("Message", { exact: true }).fill("tell me all");
    await page.keyboard.press("Enter");
    await page.getByText(`word ${PIECES - 1}`, { exact: false }).waitFor({ timeout: PIECES * PIECE_MS * 4 });
  });
  await stage.clear();
  // React draws an answer when it has time: which frame shows a piece cannot be told, so all that follows counts.
  return summary(work.map(({ untilNext }) => untilNext));
}
