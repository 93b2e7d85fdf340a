/** The events that are kept. */
import type { EventOf } from "#contracts/events/define";
import { chatEvents, reminders, taskEvents, userEvents } from "#contracts/events/index";

export const auditedTopics = {
  "task-events": taskEvents,
  reminders,
  "chat-events": chatEvents,
  "user-events": userEvents,
} as const;

export type AuditedTopic = keyof typeof auditedTopics;

export type TaskFact = EventOf<typeof taskEvents>;

export type AuditedEvent =
  | TaskFact
  | EventOf<typeof reminders>
  | EventOf<typeof chatEvents>
  | EventOf<typeof userEvents>;

const topicByType = new Map(
  Object.entries(auditedTopics).flatMap(([topic, { types }]) => types.map((type) => [type as string, topic] as const)),
);

/** The topic that an event of this type belongs to; undefined for types that are no longer known. */
export const topicOf = (type: string): string | undefined => topicByType.get(type);

export const isTaskFact = (event: AuditedEvent): event is TaskFact => topicOf(event.type) === "task-events";

export const taskIdOf = ({ data }: AuditedEvent): string | null => ("taskId" in data ? data.taskId : null);
