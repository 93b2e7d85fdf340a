/** What a message of realtime means to the cache. */
import type { QueryClient } from "@tanstack/react-query";
import type { Me } from "#contracts/http/gateway";
import type { FeedFrame, Frame } from "#contracts/realtime-frames";
import { showToast } from "@/components/ui/toast";
import { applyTold, removeTask } from "@/tasks/data/cache";
import { text } from "@/text";
import { keys } from "../keys.ts";

type Handlers = {
  readonly [T in FeedFrame["type"]]: (client: QueryClient, data: Extract<FeedFrame, { type: T }>["data"]) => void;
};

const again = (client: QueryClient, ...queryKeys: readonly (readonly unknown[])[]): void => {
  for (const queryKey of queryKeys) void client.invalidateQueries({ queryKey });
};

const approvalsChanged = (client: QueryClient, { conversationId }: { readonly conversationId: string }): void =>
  again(client, keys.approvals, keys.conversations.messages(conversationId));

const handlers: Handlers = {
  "dev.todo.screen.task_changed.v1": (client, { task }) => applyTold(client, task),
  "dev.todo.screen.task_removed.v1": (client, { taskId }) => removeTask(client, taskId),
  "dev.todo.screen.notification_added.v1": (client, { title, notificationId }) => {
    again(client, keys.notifications);
    showToast({ key: notificationId, title: text.notifications.reminder(title) });
  },
  "dev.todo.user.settings_changed.v1": (client, { settings }) => {
    client.setQueryData<Me>(keys.me, (me) => me && { ...me, settings });
  },
  "dev.todo.chat.conversation_started.v1": (client) => again(client, keys.conversations.list),
  "dev.todo.chat.message_sent.v1": (client, { conversationId }) =>
    again(client, keys.conversations.list, keys.conversations.messages(conversationId)),
  "dev.todo.chat.tool_used.v1": () => undefined,
  "dev.todo.chat.approval_asked.v1": approvalsChanged,
  "dev.todo.chat.approval_given.v1": approvalsChanged,
  "dev.todo.chat.approval_refused.v1": approvalsChanged,
};

/** Something was missed and is not told any more: what is on the screen is asked for again, the rest when it is wanted. */
function loadAnew(client: QueryClient): void {
  client.removeQueries({ type: "inactive" });
  void client.invalidateQueries();
}

/** `ready` alone means nothing: what lies between comes next. */
export function applyFrame(client: QueryClient, frame: Frame): void {
  if (frame.type === "ready" || frame.type === "pong") return;
  if (frame.type === "reset") {
    loadAnew(client);
    return;
  }
  const handle = handlers[frame.type] as (client: QueryClient, data: FeedFrame["data"]) => void;
  handle(client, frame.data);
}
