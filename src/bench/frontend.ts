/**
 * The pages for production, with the whole product behind them: Lighthouse as on a phone, JavaScript for the first screen,
 * and how long the browser's main thread has a processor for a key in quick add and for a piece of an answer in the chat, both with
 * a thousand tasks loaded. `npm run bench:frontend -- --runs 5`; exits with 1 when a goal is missed.
 */
import { parseArgs } from "node:util";
import { freePort } from "#local/free-port";
import { launchChromium, Stage } from "#test/e2e/browser/support";
import { fill } from "./frontend/fill.ts";
import { firstScripts } from "./frontend/first-scripts.ts";
import { judge, PRESET_SLOWDOWN, warmUp } from "./frontend/lighthouse.ts";
import { slowdownOf } from "./frontend/slowdown.ts";
import { answerWork, keyWork } from "./frontend/work.ts";
import { median } from "./quantiles.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } });

/** The first is where everybody begins: its performance has a goal. */
const PAGES = ["/", "/tasks"] as const;
const TASKS = 1_000;
const GOAL_SCORE = 0.95;
const GOAL_SCRIPTS_KB = 180;
/** One of sixty in a second. */
const GOAL_FRAME_MS = 1_000 / 60;

function tell(what: string, value: string, goal = "", met = true): void {
  const verdict = goal && (met ? "met" : "MISSED");
  console.log(`${what.padEnd(58)} ${value.padStart(9)}   ${goal.padEnd(11)} ${verdict}`.trimEnd());
  if (!met) process.exitCode = 1;
}

const ms = (time: number): string => `${time.toFixed(1)} ms`;
const kb = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;

const stage = await Stage.set({ environment: { LOG_LEVEL: "error" } });
try {
  const person = await stage.newPerson();
  await fill(person, TASKS);

  for (const path of PAGES) {
    const { first, later } = await firstScripts(stage, person, path);
    tell(
      `${path}: JavaScript of the first screen, compressed`,
      kb(first),
      `<= ${GOAL_SCRIPTS_KB} kB`,
      first <= GOAL_SCRIPTS_KB * 1_000,
    );
    tell("  what comes later, when the page is idle", kb(later));
  }

  const key = await keyWork(stage, person, TASKS);
  for (const [what, work] of [
    ["a key in quick add until it is drawn, on the main thread", key.drawn],
    ["a piece of an answer in the chat, on the main thread", await answerWork(stage, person, TASKS)],
  ] as const) {
    const goal = `<= ${ms(GOAL_FRAME_MS)}`;
    tell(`${what}, median of ${work.samples}`, ms(work.p50), goal, work.p50 <= GOAL_FRAME_MS);
    tell("  95th percentile", ms(work.p95), goal, work.p95 <= GOAL_FRAME_MS);
    tell("  longest", ms(work.longest));
  }
  tell("a key and all that is done until the next, median", ms(key.whole.p50));
  tell("  95th percentile", ms(key.whole.p95));

  const port = await freePort();
  const chromium = await launchChromium([`--remote-debugging-port=${port}`]);
  try {
    for (const path of PAGES) {
      const address = stage.product.origin + path;
      const props = { address, cookie: person.cookie, port, runs: Number(values.runs) };
      await warmUp(address, person.cookie);
      const preset = await judge({ ...props, slowdown: PRESET_SLOWDOWN });
      const slowdown = Math.min(PRESET_SLOWDOWN, slowdownOf(preset.benchmarkIndex));
      const { scores } = slowdown === PRESET_SLOWDOWN ? preset : await judge({ ...props, slowdown });
      const phone = `${slowdown.toFixed(1)} times slower than this machine (index ${preset.benchmarkIndex.toFixed(0)})`;
      console.log(`${path}: Lighthouse, on a phone ${phone}`);
      tell(
        `  performance on one ${PRESET_SLOWDOWN} times slower, its preset for a good desktop`,
        median(preset.scores.performance).toFixed(2),
      );
      for (const [category, all] of Object.entries(scores)) {
        const score = median(all);
        const hasGoal = path === PAGES[0] || category !== "performance";
        tell(`  ${category}`, score.toFixed(2), hasGoal ? `>= ${GOAL_SCORE}` : "", !hasGoal || score >= GOAL_SCORE);
        if (new Set(all).size > 1)
          tell("    from and to", `${Math.min(...all).toFixed(2)} ${Math.max(...all).toFixed(2)}`);
      }
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await chromium.close();
  }
} finally {
  await stage.strike();
}
