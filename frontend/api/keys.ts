/** Names of what the cache holds, by the contract that it comes from. A shorter key means everything below it. */
import type { TaskQuery } from "@/tasks/data/query";

export const keys = {
  me: ["me"],
  tasks: {
    all: ["tasks"],
    lists: ["tasks", "list"],
    list: (query: TaskQuery) => ["tasks", "list", query] as const,
    counts: ["tasks", "count"],
    count: (query: TaskQuery) => ["tasks", "count", query] as const,
  },
  conversations: {
    all: ["conversations"],
    list: ["conversations", "list"],
    messages: (id: string) => ["conversations", "messages", id] as const,
  },
  approvals: ["approvals"],
  notifications: ["notifications"],
  activity: ["activity"],
  statistics: ["statistics"],
} as const;
