/** What Lighthouse says of a page that somebody is signed in to see. */
import lighthouse from "lighthouse";
import * as constants from "lighthouse/core/config/constants.js";
import { median } from "../quantiles.ts";

export interface LighthouseProps {
  readonly address: string;
  /** Of who is signed in. */
  readonly cookie: string;
  /** On which Chromium takes commands. */
  readonly port: number;
  /** So many that count: a machine is never alone. */
  readonly runs: number;
  /** How many times slower than this machine's processor that of the phone is. */
  readonly slowdown: number;
}

const categories = ["performance", "accessibility", "best-practices"] as const;

type Category = (typeof categories)[number];
type Result = NonNullable<Awaited<ReturnType<typeof lighthouse>>>["lhr"];

export interface Judgement {
  /** A score from 0 to 1 of every run, in no order. */
  readonly scores: Readonly<Record<Category, readonly number[]>>;
  /** What Lighthouse measured of this machine's processor, the median of all runs. */
  readonly benchmarkIndex: number;
}

/** Of a good desktop: with it the phone of Lighthouse's preset is one of the middle. */
export const PRESET_SLOWDOWN = constants.throttling.mobileSlow4G.cpuSlowdownMultiplier;

/** A run whose index is that much below the others' had to share the machine. */
const SHARED = 0.8;
const TRIES_A_RUN = 3;

/**
 * With Lighthouse's own screen and network. Runs that had to share the machine are done again.
 * @throws Error when the page cannot be judged
 */
export async function judge({ address, cookie, port, runs, slowdown }: LighthouseProps): Promise<Judgement> {
  const results: Result[] = [];
  let failure = "";
  for (let tries = 0; results.length < runs && tries < runs * TRIES_A_RUN; tries++) {
    const result = await lighthouse(address, {
      port,
      output: "json",
      logLevel: "silent",
      formFactor: "mobile",
      onlyCategories: [...categories],
      throttling: { ...constants.throttling.mobileSlow4G, cpuSlowdownMultiplier: slowdown },
      extraHeaders: { cookie },
    });
    const { lhr } = result ?? {};
    if (!lhr || lhr.runtimeError) failure = lhr?.runtimeError?.message ?? "no result";
    else if (!isSignedIn(lhr)) throw new Error("Lighthouse saw the page of somebody who is not signed in");
    else if (indexOf(lhr) < SHARED * Math.max(...results.map(indexOf))) failure = "the machine is too busy";
    else results.push(lhr);
  }
  const [first] = results;
  if (!first) throw new Error(`Lighthouse: ${failure}`);
  tellShortcomings(first);
  const scoresOf = (name: Category): number[] => results.map((lhr) => lhr.categories[name]?.score ?? 0);
  return {
    scores: Object.fromEntries(categories.map((name) => [name, scoresOf(name)])) as Record<Category, number[]>,
    benchmarkIndex: median(results.map(indexOf)),
  };
}

/** Requests until V8 has compiled what renders a page: the phone meets a page for the first time, the server does not. */
const WARM_UP_REQUESTS = 30;

export async function warmUp(address: string, cookie: string): Promise<void> {
  for (let request = 0; request < WARM_UP_REQUESTS; request++)
    await (await fetch(address, { headers: { cookie } })).arrayBuffer();
}

const indexOf = ({ environment }: Result): number => environment.benchmarkIndex;

/** At the same address stands the form for who is not: live updates are for who is. */
function isSignedIn({ audits }: Result): boolean {
  const details = audits["network-requests"]?.details;
  const requests = details?.type === "table" ? details.items : [];
  return requests.some(({ url, statusCode }) => String(url).endsWith("/realtime/tickets") && Number(statusCode) < 300);
}

/** What keeps a score from being whole. */
function tellShortcomings({ categories: judged, audits }: Result): void {
  for (const { title, auditRefs } of Object.values(judged)) {
    const short = auditRefs
      .map(({ id, weight }) => ({ weight, audit: audits[id] }))
      .filter(({ weight, audit }) => weight > 0 && audit?.score !== null && (audit?.score ?? 1) < 0.9);
    for (const { audit } of short) {
      console.log(`  ${title}: ${audit?.title} ${audit?.displayValue ?? ""} (${audit?.score})`);
    }
  }
}
