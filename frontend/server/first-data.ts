/** What pages show first, with the pages themselves: no round trip before anything is to be seen. */
import "server-only";
import { type DehydratedState, dehydrate, QueryClient, type QueryKey } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { CONVERSATIONS_PAGE } from "@/chat/data/page-size";
import { FIRST_PAGE_SIZE } from "@/tasks/data/page-size";
import { countedBy, countParametersOf, parametersOf, searchParamsOf, type TaskQuery } from "@/tasks/data/query";
import { fromGateway } from "./gateway.ts";
import { feedPosition } from "./session.ts";

interface Wanted {
  readonly key: QueryKey;
  readonly path: `/${string}`;
  /** From what the service says to what the browser keeps. */
  readonly keep: (body: unknown) => unknown;
}

const asFirstPage = (body: unknown): unknown => ({ pages: [body], pageParams: [null] });
const asItIs = (body: unknown): unknown => body;

/** What the browser's cache begins with; what did not come, the browser asks for itself. */
async function firstData(wanted: readonly Wanted[]): Promise<DehydratedState> {
  const client = new QueryClient();
  await feedPosition();
  const fetchOne = async ({ key, path, keep }: Wanted): Promise<void> => {
    try {
      const response = await fromGateway(path);
      if (response.ok) client.setQueryData(key, keep(await response.json()));
    } catch {
      // The page says so itself, with a button to try again.
    }
  };
  await Promise.all(wanted.map(fetchOne));
  return dehydrate(client);
}

/** For every page. */
export const firstNotifications = (): Promise<DehydratedState> =>
  firstData([{ key: keys.notifications, path: "/v1/notifications", keep: asFirstPage }]);

export const firstTasks = (query: TaskQuery): Promise<DehydratedState> =>
  firstData([
    {
      key: keys.tasks.list(query),
      path: `/v1/tasks?${searchParamsOf({ ...parametersOf(query), limit: String(FIRST_PAGE_SIZE) })}`,
      keep: asFirstPage,
    },
    {
      key: keys.tasks.count(countedBy(query)),
      path: `/v1/tasks/count?${searchParamsOf(countParametersOf(query))}`,
      keep: asItIs,
    },
  ]);

/** @param id of the conversation that is shown; none for a new one */
export const firstChat = (id?: string): Promise<DehydratedState> =>
  firstData([
    { key: keys.conversations.list, path: `/v1/conversations?limit=${CONVERSATIONS_PAGE}`, keep: asFirstPage },
    { key: keys.approvals, path: "/v1/approvals", keep: (body) => (body as { readonly items: unknown }).items },
    ...(id === undefined
      ? []
      : [
          {
            key: keys.conversations.messages(id),
            path: `/v1/conversations/${encodeURIComponent(id)}/messages` as const,
            keep: asItIs,
          },
        ]),
  ]);
