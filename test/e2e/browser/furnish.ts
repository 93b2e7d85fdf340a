import { eventually } from "#test/kit/support/harness";
import type { Person } from "#test/system/person";
import { addTask } from "./support.ts";

/** The day so many days from now, as `2026-11-21`, in the person's time zone as near as tests need it. */
const day = (from: number): string => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);

export interface Furnished {
  /** With what was added, and a question that waits for its answer. */
  readonly conversationId: string;
}

/** A week of somebody's life: one of everything that the pages can show. */
export async function furnish(person: Person): Promise<Furnished> {
  const said = [
    "pay the rent every 1st, remind me the day before p1 #home",
    "water the plants every 3 days #home",
    "call the bank tomorrow at 10am p2",
  ];
  let conversationId: string | undefined;
  for (const words of said) conversationId = (await person.say(words, conversationId)).conversationId;
  const tasks = [
    { title: "return the library books", due: day(-2), tags: ["errands"] },
    { title: "send the invoice for October", due: `${day(0)}T17:00`, priority: "p2", tags: ["work"] },
    { title: "buy oat milk and bread", due: day(0), tags: ["errands"] },
    { title: "prepare the slides for the review", due: day(3), deadline: day(4), priority: "p1", tags: ["work"] },
    { title: "renew the passport", due: day(12), priority: "p3", notes: "photo, old passport, 60 euros" },
    { title: "read a chapter" },
    { title: "book the dentist", due: day(-1) },
    { title: "call grandma", due: day(0) },
    { title: "old idea" },
  ];
  for (const task of tasks) await addTask(person, task);
  const done = ["book the dentist", "call grandma"];
  for (const { id, title } of (await openTasks(person)).filter((task) => done.includes(task.title))) {
    const { status } = await person.post(`/api/v1/tasks/${id}/complete`);
    if (status !== 200) throw new Error(`completing “${title}” was answered with ${status}`);
  }
  const asked = await person.say('delete "old idea"', conversationId);
  if (!asked.approval) throw new Error(`nothing was asked: ${asked.text}`);
  // The trail and the counts follow by events.
  await eventually(async () => {
    const { body } = await person.get<{ items: unknown[] }>("/api/v1/audit/events?limit=100");
    if (body.items.length < tasks.length + said.length) throw new Error("the trail is not complete yet");
  }, 30_000);
  return { conversationId: asked.conversationId };
}

const openTasks = async (person: Person) =>
  (await person.get<{ items: { readonly id: string; readonly title: string }[] }>("/api/v1/tasks")).body.items;
