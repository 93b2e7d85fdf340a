/** Conversations with the page itself, so that the first paint has words in it. */
import "server-only";
import { type DehydratedState, dehydrate, QueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { CONVERSATIONS_PAGE } from "@/chat/data/page-size";
import { fromGateway } from "./gateway.ts";

/** What the browser's cache begins with; what did not come, the browser asks for itself. */
export async function firstChat(id?: string): Promise<DehydratedState> {
  const client = new QueryClient();
  const put = async (path: `/${string}`, take: (body: unknown) => void): Promise<void> => {
    try {
      const response = await fromGateway(path);
      if (response.ok) take(await response.json());
    } catch {
      // The page says so itself, with a button to try again.
    }
  };
  await Promise.all([
    put(`/v1/conversations?limit=${CONVERSATIONS_PAGE}`, (page) => {
      client.setQueryData(keys.conversations.list, { pages: [page], pageParams: [null] });
    }),
    id !== undefined &&
      put(`/v1/conversations/${encodeURIComponent(id)}/messages`, (messages) => {
        client.setQueryData(keys.conversations.messages(id), messages);
      }),
  ]);
  return dehydrate(client);
}
