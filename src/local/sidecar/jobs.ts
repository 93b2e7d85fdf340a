/** Dapr's Jobs API and cron bindings: timers that survive a restart, and calls that come by the clock. */
import type { AppChannel } from "./app-channel.ts";
import { type Call, malformed, readJson, type Shared } from "./call.ts";
import { nextRun } from "./cron.ts";
import { answerEmpty, answerJson, DaprError } from "./errors.ts";
import { milliseconds } from "./policy.ts";
import type { Store } from "./store.ts";

interface JobSpec {
  readonly dueTime?: string;
  readonly schedule?: string;
  readonly repeats?: number;
  readonly ttl?: string;
  readonly data?: unknown;
  readonly overwrite?: boolean;
  readonly failurePolicy?: {
    readonly drop?: object;
    readonly constant?: { readonly interval?: string; readonly maxRetries?: number };
  };
}

/** `POST|GET|DELETE /v1.0/jobs/{name}` */
export async function jobs({ app, request, response, segments }: Call, shared: Shared): Promise<void> {
  const name = segments[1] ?? "";
  if (name === "") throw new DaprError(400, "DAPR_SCHEDULER_JOB_NAME_EMPTY", "Job name is empty");
  switch (request.method) {
    case "POST":
      await shared.jobs.schedule(app.name, name, (await readJson(request)) as JobSpec);
      return answerEmpty(response);
    case "GET": {
      const spec = shared.jobs.get(app.name, name);
      if (!spec) throw new DaprError(500, "DAPR_SCHEDULER_GET_JOB", `failed to get job due to: job not found: ${name}`);
      return answerJson(response, 200, { name, ...spec });
    }
    case "DELETE":
      await shared.jobs.delete(app.name, name);
      return answerEmpty(response);
    default:
      throw new DaprError(404, "ERR_METHOD_NOT_FOUND", `method ${request.method} is not found`);
  }
}

/** As `setTimeout` allows; a timer that is due later is set again. */
const LONGEST_TIMER_MS = 2_000_000_000;

export class JobRunner {
  readonly #store: Store;
  readonly #channelOf: (app: string) => AppChannel | undefined;
  readonly #log: (line: string) => void;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #firing = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, channelOf: (app: string) => AppChannel | undefined, log: (line: string) => void) {
    this.#store = store;
    this.#channelOf = channelOf;
    this.#log = log;
  }

  start(): void {
    this.#arm();
  }

  /** Resolves once the timer is durable. */
  async schedule(app: string, name: string, spec: JobSpec): Promise<void> {
    const due = dueOf(spec);
    // Dapr takes such a job and never fires it: better told here than found out in a cluster.
    if (spec.data === undefined || spec.data === null)
      throw malformed("a job without data would never fire: give it some");
    if (!spec.overwrite && this.get(app, name)) {
      throw new DaprError(409, "DAPR_SCHEDULER_SCHEDULE_JOB", `job already exists: ${name}`);
    }
    await this.#store.durably(() => this.#write(app, name, due, spec));
    this.#arm();
  }

  get(app: string, name: string): JobSpec | undefined {
    const [row] = this.#store.all("select job from jobs where app = ? and name = ?", app, name);
    return row ? (JSON.parse(String(row.job)) as JobSpec) : undefined;
  }

  async delete(app: string, name: string): Promise<void> {
    await this.#store.durably(() => this.#store.run("delete from jobs where app = ? and name = ?", app, name));
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#running);
  }

  #write(app: string, name: string, due: number, spec: JobSpec): void {
    this.#store.run(
      "insert into jobs (app, name, due, job) values (?, ?, ?, ?) on conflict do update set due = excluded.due, job = excluded.job",
      app,
      name,
      due,
      JSON.stringify(spec),
    );
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    const now = Date.now();
    for (const row of this.#store.all("select app, name, due from jobs where due <= ?", now)) {
      this.#fire(String(row.app), String(row.name), Number(row.due));
    }
    const [next] = this.#store.all("select min(due) as due from jobs where due > ?", now);
    const wait = next?.due == null ? LONGEST_TIMER_MS : Math.min(LONGEST_TIMER_MS, Number(next.due) - now);
    this.#timer = setTimeout(() => this.#arm(), Math.max(1, wait)).unref();
  }

  #fire(app: string, name: string, due: number): void {
    const id = `${app} ${name}`;
    if (this.#firing.has(id)) return;
    this.#firing.add(id);
    const running = this.#trigger(app, name, due)
      .catch((error: unknown) => this.#log(`${app}: the job ${name} failed: ${(error as Error).message}`))
      .finally(() => {
        this.#firing.delete(id);
        this.#running.delete(running);
        this.#arm();
      });
    this.#running.add(running);
  }

  /** A job that was scheduled anew while it fired stays as it is now. */
  async #trigger(app: string, name: string, due: number): Promise<void> {
    const spec = this.get(app, name);
    const channel = this.#channelOf(app);
    if (!spec || !channel) return;
    await channel.untilHealthy(this.#stopping.signal);
    if (this.#stopping.signal.aborted) return;
    const failures = await this.#untilTaken(channel, app, name, spec);
    if (failures === undefined) return;
    this.#store.run("delete from jobs where app = ? and name = ? and due = ?", app, name, due);
    if (spec.schedule && this.get(app, name) === undefined)
      this.#write(app, name, nextRun(spec.schedule, Date.now()), spec);
  }

  /** @returns undefined when everything stops before somebody took it */
  async #untilTaken(channel: AppChannel, app: string, name: string, spec: JobSpec): Promise<number | undefined> {
    const { drop, constant } = spec.failurePolicy ?? { constant: { interval: "1s", maxRetries: 3 } };
    const retries = drop ? 0 : (constant?.maxRetries ?? Number.POSITIVE_INFINITY);
    const pause = milliseconds(constant?.interval ?? "1s");
    for (let failures = 0; ; failures++) {
      if (await this.#take(channel, name, spec.data)) return failures;
      if (this.#stopping.signal.aborted) return undefined;
      if (failures >= retries) {
        this.#log(`${app}: gave up on the job ${name}`);
        return failures;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, pause);
        const { signal } = this.#stopping;
        function done(): void {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        }
        signal.addEventListener("abort", done, { once: true });
      });
      // Deleted or moved meanwhile: this firing is over.
      if (JSON.stringify(this.get(app, name)) !== JSON.stringify(spec)) return undefined;
    }
  }

  /** Dapr takes a 404 for done. */
  async #take(channel: AppChannel, name: string, data: unknown): Promise<boolean> {
    try {
      const { status } = await channel.call({
        method: "POST",
        path: `/job/${encodeURIComponent(name)}`,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(data ?? null),
        signal: this.#stopping.signal,
      });
      return status < 300 || status === 404;
    } catch {
      return false;
    }
  }
}

/** RFC 3339, or a duration from now in Go's notation. */
function dueOf(spec: JobSpec): number {
  if (typeof spec !== "object" || spec === null || !(spec.dueTime || spec.schedule)) {
    throw malformed("either schedule or dueTime must be given");
  }
  try {
    if (!spec.dueTime) return nextRun(spec.schedule ?? "", Date.now());
    const instant = Date.parse(spec.dueTime);
    return Number.isNaN(instant) ? Date.now() + milliseconds(spec.dueTime) : instant;
  } catch (error) {
    throw malformed((error as Error).message);
  }
}
