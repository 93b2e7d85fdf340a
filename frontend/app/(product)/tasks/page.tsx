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
  // The layout shows the form to sign in; there is nothing to fetch for it.
  if ((await session()).kind !== "signed-in") return null;
  const address = new URLSearchParams();
  for (const [name, value] of Object.entries(await searchParams)) {
    for (const one of [value].flat()) if (one !== undefined) address.append(name, one);
  }
  return (
    <HydrationBoundary state={await firstTasks(queryFrom(address))}>
      <TasksView />
    </HydrationBoundary>
  );
}
