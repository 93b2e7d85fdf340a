import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { firstTasks } from "@/server/first-data";
import { session } from "@/server/session";
import { queryFrom } from "@/tasks/data/query";
import { TasksView } from "@/tasks/tasks-view";
import { text } from "@/text";

export const metadata: Metadata = { title: text.tasks.title };

interface Props {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export default async function TasksPage({ searchParams }: Props) {
  const address = new URLSearchParams();
  for (const [name, value] of Object.entries(await searchParams)) {
    for (const one of [value].flat()) if (one !== undefined) address.append(name, one);
  }
  const [who, tasks] = await Promise.all([session(), firstTasks(queryFrom(address))]);
  // The layout shows the form to sign in.
  if (who.kind !== "signed-in") return null;
  return (
    <HydrationBoundary state={tasks}>
      <TasksView />
    </HydrationBoundary>
  );
}
