/** The first page of tasks with the page itself: one round trip less before anything is to be seen. */
import "server-only";
import { type DehydratedState, dehydrate, QueryClient } from "@tanstack/react-query";
import type { TaskPage } from "#contracts/http/tasks";
import { keys } from "@/api/keys";
import { PAGE_SIZE } from "@/tasks/data/page-size";
import { parametersOf, type TaskQuery } from "@/tasks/data/query";
import { fromGateway } from "./gateway.ts";

/** What the browser's cache begins with; nothing where the service did not answer, which the browser then asks itself. */
export async function firstTasks(query: TaskQuery): Promise<DehydratedState> {
  const client = new QueryClient();
  const address = new URLSearchParams({ limit: String(PAGE_SIZE) });
  for (const [name, value] of Object.entries(parametersOf(query))) {
    for (const one of Array.isArray(value) ? value : [value]) address.append(name, one);
  }
  try {
    const response = await fromGateway(`/v1/tasks?${address}`);
    if (response.ok) {
      const page = (await response.json()) as TaskPage;
      client.setQueryData(keys.tasks.list(query), { pages: [page], pageParams: [null] });
    }
  } catch {
    // The list says so itself, with a button to try again.
  }
  return dehydrate(client);
}
