export { chatEvents } from "./chat-events.ts";
export * from "./define.ts";
export { reminders } from "./reminders.ts";
export { taskEvents } from "./task-events.ts";
export { taskUpdates } from "./task-updates.ts";
export { userEvents } from "./user-events.ts";
