import { performance } from "node:perf_hooks";
import { understand } from "#understanding/understand";
import { quantileOf } from "../bench/quantiles.ts";

/** Typical phrases of each kind; what is measured is one call, as quick add makes it at every keystroke. */
const PHRASES = [
  "buy milk",
  "call mom tomorrow at 6pm p1 @family",
  "pay the rent every 1st, remind me the day before",
  "water plants every other tue starting jan 3",
  "review the budget every last workday at 3pm #finance {march 30}",
  "remind me to send Anna the contract on friday",
  "what's due this week",
  "move task 12 to friday 9am",
  "delete all completed tasks",
  "search for dentist",
  'Read the chapter on version v2.11 and the ratio 16:9 in "Tomorrow Never Dies"',
];
const OPTIONS = { now: "2026-11-18T10:00:00+01:00", timeZone: "Europe/Berlin" };
const ROUNDS = 4000;

for (let i = 0; i < 500; i++) for (const phrase of PHRASES) understand(phrase, OPTIONS);

const samples: number[] = [];
const started = performance.now();
for (let i = 0; i < ROUNDS; i++) {
  for (const phrase of PHRASES) {
    const from = performance.now();
    understand(phrase, OPTIONS);
    samples.push(performance.now() - from);
  }
}
const seconds = (performance.now() - started) / 1000;

const micros = (ms: number): string => `${(ms * 1000).toFixed(0)} µs`;
process.stdout.write(
  `${samples.length} texts, ${Math.round(samples.length / seconds)} texts/s, ` +
    `p50 ${micros(quantileOf(samples, 0.5))}, p99 ${micros(quantileOf(samples, 0.99))}, max ${micros(quantileOf(samples, 1))}\n`,
);
