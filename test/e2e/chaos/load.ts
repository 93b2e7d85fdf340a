/** People who work while everything goes wrong, and remember what they were told. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Task } from "#contracts/task";
import { Person, signUp } from "#test/system/person";
import { carefulClient, type Heard, type Insist } from "./careful-client.ts";
import { type Random, randomOf } from "./random.ts";

/** What somebody was told of a task of his. */
export interface Acknowledged {
  readonly id: string;
  readonly userId: string;
  /** As it was answered last. */
  readonly version: number;
  readonly title: string;
  readonly status: Task["status"];
  readonly repeats: boolean;
  /** Whether he must be reminded; `either`: he completed it about when it was due. */
  readonly reminder: "due" | "either" | "none";
  readonly remindAt: string;
}

export interface Loaded extends Heard {
  readonly tasks: readonly Acknowledged[];
  /** People who signed up meanwhile, by user id. */
  readonly newcomers: readonly string[];
}

export interface Load {
  readonly people: readonly Person[];
  /** How many tasks were brought to their end so far. */
  done(): number;
  /** No new work; what is begun is brought to its end. */
  stop(): Promise<Loaded>;
}

export interface LoadProps {
  readonly origin: string;
  readonly seed: number;
  /** People who sign up before anything goes wrong, each with one pair of hands. */
  readonly people: number;
  /** No reminder is asked for that is due later. */
  readonly remindUntil: Date;
}

/** Of each pair of hands between two things to do. */
const PAUSE_MS = [50, 400] as const;
/** A reminder is due at a full minute: one that is asked for less than this before may find it gone by. */
const AHEAD_MS = 5_000;
const MINUTE_MS = 60_000;

export async function startLoad({ origin, seed, people: count, remindUntil }: LoadProps): Promise<Load> {
  const people = await Promise.all(Array.from({ length: count }, () => signUp(origin)));
  const tasks: Acknowledged[] = [];
  const newcomers: string[] = [];
  const { insist, heard } = carefulClient();
  let stopping = false;

  const post = (person: Person, path: string, body: object = {}): Promise<Task | undefined> => {
    const headers = { "idempotency-key": randomUUID() };
    return insist(`POST ${path}`, () => person.post<Task>(path, body, headers));
  };
  const patch = (person: Person, path: string, version: number, body: object): Promise<Task | undefined> => {
    const headers = { "idempotency-key": randomUUID(), "if-match": `"${version}"` };
    return insist(`PATCH ${path}`, () => person.send<Task>({ method: "PATCH", path, body, headers }));
  };

  /** A task from its beginning to where this person leaves it. */
  const workOnOne = async (person: Person, random: Random): Promise<void> => {
    const kind = random.pick(["plain", "plain", "repeats", "repeats", "reminds", "cancels"]);
    const wantsReminder = kind === "reminds" || kind === "cancels";
    const due = new Date(Math.ceil((Date.now() + AHEAD_MS) / MINUTE_MS) * MINUTE_MS + random.pick([0, MINUTE_MS]));
    const reminds = wantsReminder && due <= remindUntil;
    const given = {
      title: `task ${random.between(1, 1_000_000)}`,
      timeZone: "UTC",
      due: reminds ? due.toISOString().slice(0, 16) : "2040-01-01",
      ...(reminds ? { reminder: { minutesBefore: 0 } } : {}),
      ...(kind === "repeats" ? { recurrence: { rrule: "FREQ=DAILY", anchor: "schedule" } } : {}),
    };
    let task = await post(person, "/api/v1/tasks", given);
    if (!task) return;
    const path = `/api/v1/tasks/${task.id}`;
    const createdAt = Date.now();
    if (random.next() < 0.4)
      task = (await patch(person, path, task.version, { title: `${task.title} changed` })) ?? task;
    if (kind !== "reminds" && (kind !== "plain" || random.next() < 0.5))
      task = (await post(person, `${path}/complete`)) ?? task;
    if (kind === "repeats" && random.next() < 0.3) {
      task = (await post(person, `${path}/reopen`)) ?? task;
      task = (await post(person, `${path}/complete`)) ?? task;
    }
    const { id, version, title, status } = task;
    const endedAt = status === "completed" ? Date.now() : Number.POSITIVE_INFINITY;
    const reminder = reminds ? expectedReminder(due.getTime(), createdAt, endedAt) : "none";
    const repeats = kind === "repeats";
    tasks.push({ id, version, title, status, userId: person.userId, repeats, reminder, remindAt: due.toISOString() });
  };

  const hands = people.map(async (person, index) => {
    const random = randomOf(seed + index);
    while (!stopping) {
      await workOnOne(person, random);
      await delay(random.between(...PAUSE_MS));
    }
  });
  const talking = (async () => {
    const random = randomOf(seed - 1);
    while (!stopping) {
      // Nothing that may be said twice is at stake: whether it is answered does not matter here.
      await random
        .pick(people)
        .say("what is due today?")
        .catch(() => undefined);
      await delay(random.between(2_000, 4_000));
    }
  })();
  const arriving = (async () => {
    const random = randomOf(seed - 2);
    while (!stopping) {
      await delay(random.between(3_000, 6_000));
      const person = await newcomer(origin, insist);
      if (person) newcomers.push(person);
    }
  })();

  return {
    people,
    done: () => tasks.length,
    stop: async () => {
      stopping = true;
      await Promise.all([...hands, talking, arriving]);
      return { tasks, newcomers, ...heard };
    },
  };
}

/** All in milliseconds: when it is due, when its creation was answered, when its completion was. */
function expectedReminder(due: number, createdAt: number, endedAt: number): Acknowledged["reminder"] {
  if (endedAt < due - AHEAD_MS) return "none";
  // Created with so late an answer that nobody knows which came first, or ended about when it was due.
  return createdAt < due && endedAt === Number.POSITIVE_INFINITY ? "due" : "either";
}

const PASSWORD = "correct-horse-battery";

/** @returns the user id; who is told that he exists already has signed up with an answer that got lost */
async function newcomer(origin: string, insist: Insist): Promise<string | undefined> {
  const email = `${randomUUID()}@example.com`;
  const person = new Person(origin);
  const account = { name: "Bob", email, password: PASSWORD, timeZone: "Europe/Berlin" };
  const known = { email, password: PASSWORD };
  const made = await insist<{ user: { id: string } }>("sign-up", async () => {
    const answer = await person.post<{ user: { id: string } }>("/api/auth/sign-up/email", account);
    return answer.status === 422 ? person.post<{ user: { id: string } }>("/api/auth/sign-in/email", known) : answer;
  });
  return made?.user.id;
}
