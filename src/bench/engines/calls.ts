/** Requests as fast as they are answered: a task through the whole chain, and what two sidecars add to a call. */
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "../http-client.ts";
import { measuredServices, type Running } from "./start.ts";
import type { Turn } from "./statistics.ts";

/** Everybody asks again when he is answered, until the time is over. */
export async function load<Caller>(
  clients: readonly Caller[],
  work: (client: Caller) => Promise<unknown>,
  seconds: number,
): Promise<Turn> {
  const times: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        const sent = performance.now();
        await work(client);
        times.push(performance.now() - sent);
      }
    }),
  );
  return { times, rate: times.length / ((performance.now() - start) / 1000) };
}

const TASK = { title: "pay the rent", due: "2030-01-01" };

export const createTask = (client: Client): Promise<string> => client.post("/api/v1/tasks", TASK);
export const createBare = (client: Client): Promise<string> => client.post("/via/v1/tasks", TASK);
export const echoBySidecars = (client: Client): Promise<string> => client.get("/via/v1/echo");
export const echoDirectly = (client: Client): Promise<string> => client.get("/past/v1/echo");

const QUIET_MS = 300;

/** Until every outbox is empty and nobody is handling events: the next measurement begins with nothing left of the last. */
export async function settled({ metricsOf }: Running): Promise<void> {
  let before = -1;
  for (;;) {
    const all = await Promise.all(measuredServices.map(metricsOf));
    const waiting = all.reduce((sum, metrics) => sum + metrics.sum("todo_outbox_depth"), 0);
    const consumed = all.reduce((sum, metrics) => sum + metrics.sum("todo_events_consumed_total"), 0);
    if (waiting === 0 && consumed === before) return;
    before = consumed;
    await delay(QUIET_MS);
  }
}
