/** What a person is shown of an event. */
import type { AuditEvent } from "#contracts/http/audit";
import { type AuditedEvent, isTaskFact } from "./audited.ts";

export type Description = Pick<
  AuditEvent,
  "by" | "summary" | "taskId" | "conversationId" | "title" | "changed" | "tool"
>;

export function describe(event: AuditedEvent): Description {
  const { data } = event;
  return {
    by: actorOf(event),
    summary: summaryOf(event),
    taskId: "taskId" in data ? data.taskId : null,
    conversationId: "conversationId" in data ? data.conversationId : null,
    title: "task" in data ? data.task.title : "title" in data ? data.title : null,
    changed: "changed" in data ? data.changed : [],
    tool: "tool" in data ? data.tool : null,
  };
}

function actorOf(event: AuditedEvent): AuditEvent["by"] {
  switch (event.type) {
    case "dev.todo.reminder.scheduled.v1":
    case "dev.todo.reminder.cancelled.v1":
    case "dev.todo.reminder.sent.v1":
      return "system";
    case "dev.todo.chat.tool_used.v1":
    case "dev.todo.chat.approval_asked.v1":
      return "chat";
    case "dev.todo.chat.message_sent.v1":
      return event.data.role === "assistant" ? "chat" : "user";
    default:
      if (isTaskFact(event)) return event.data.by ?? "system";
      return "user";
  }
}

function summaryOf(event: AuditedEvent): string {
  switch (event.type) {
    case "dev.todo.task.created.v1":
      return "Task added";
    case "dev.todo.task.updated.v1":
      return `Task changed: ${event.data.changed.join(", ")}`;
    case "dev.todo.task.completed.v1":
      return "Task completed";
    case "dev.todo.task.reopened.v1":
      return "Task reopened";
    case "dev.todo.task.deleted.v1":
      return "Task deleted";
    case "dev.todo.task.restored.v1":
      return "Task restored";
    case "dev.todo.task.recurring_task_created.v1":
      return "Next occurrence made";
    case "dev.todo.reminder.scheduled.v1":
      return `Reminder set for ${event.data.fireAt}`;
    case "dev.todo.reminder.cancelled.v1":
      return "Reminder cancelled";
    case "dev.todo.reminder.sent.v1":
      return `Reminder sent: ${event.data.channels.join(", ")}`;
    case "dev.todo.chat.conversation_started.v1":
      return "Conversation started";
    case "dev.todo.chat.message_sent.v1":
      return event.data.role === "assistant" ? "The assistant answered" : "Message sent to the assistant";
    case "dev.todo.chat.tool_used.v1":
      return `The assistant used ${event.data.tool}${event.data.outcome === "failed" ? ", which failed" : ""}`;
    case "dev.todo.chat.approval_asked.v1":
      return `The assistant asked to use ${event.data.tool}`;
    case "dev.todo.chat.approval_given.v1":
      return `Approved: ${event.data.tool}`;
    case "dev.todo.chat.approval_refused.v1":
      return `Refused: ${event.data.tool}`;
    case "dev.todo.user.created.v1":
      return "Account created";
    case "dev.todo.user.settings_changed.v1":
      return "Settings changed";
    case "dev.todo.user.deleted.v1":
      return "Account deleted";
    default:
      return unknownEvent(event);
  }
}

/** Kept by an earlier release under a type that is gone: the type says what it was. */
const unknownEvent = (event: never): string => (event as { type: string }).type;
