/** What Lighthouse says of a page that somebody is signed in to see. */
import lighthouse from "lighthouse";

export interface LighthouseProps {
  readonly address: string;
  /** Of who is signed in. */
  readonly cookie: string;
  /** On which Chromium takes commands. */
  readonly port: number;
  /** So many that count: a machine is never alone. */
  readonly runs: number;
}

const categories = ["performance", "accessibility", "best-practices"] as const;

type Category = (typeof categories)[number];
type Result = NonNullable<Awaited<ReturnType<typeof lighthouse>>>["lhr"];

/** A score from 0 to 1 of every run, in no order. */
export type Scores = Readonly<Record<Category, readonly number[]>>;

/** Below, Lighthouse itself warns that the processor is slower than it expects: others were using it. */
const FREE_BENCHMARK_INDEX = 1_000;
const TRIES_A_RUN = 3;

/**
 * With Lighthouse's own phone and network. Runs on a busy machine are done again.
 * @throws Error when the page cannot be judged
 */
export async function lighthouseScores({ address, cookie, port, runs }: LighthouseProps): Promise<Scores> {
  const results: Result[] = [];
  let failure = "";
  for (let tries = 0; results.length < runs && tries < runs * TRIES_A_RUN; tries++) {
    const result = await lighthouse(address, {
      port,
      output: "json",
      logLevel: "silent",
      formFactor: "mobile",
      onlyCategories: [...categories],
      extraHeaders: { cookie },
    });
    const { lhr } = result ?? {};
    if (!lhr || lhr.runtimeError) failure = lhr?.runtimeError?.message ?? "no result";
    else if (!isSignedIn(lhr)) throw new Error("Lighthouse saw the page of somebody who is not signed in");
    else if (lhr.environment.benchmarkIndex < FREE_BENCHMARK_INDEX) failure = "the machine is too busy to judge a page";
    else results.push(lhr);
  }
  const [first] = results;
  if (!first) throw new Error(`Lighthouse: ${failure}`);
  tellShortcomings(first);
  return Object.fromEntries(
    categories.map((name) => [name, results.map((lhr) => lhr.categories[name]?.score ?? 0)]),
  ) as unknown as Scores;
}

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
