/** The HTTP API of each service that others invoke, by service: what `invoke.<service>` of a typed handle is made of. */
import { auditApi } from "./audit.ts";
import { chatApi } from "./chat.ts";
import { gatewayApi } from "./gateway.ts";
import { notificationsApi } from "./notifications.ts";
import { realtimeApi } from "./realtime.ts";
import { tasksApi } from "./tasks.ts";

export const httpApis = {
  audit: auditApi,
  chat: chatApi,
  gateway: gatewayApi,
  notifications: notificationsApi,
  realtime: realtimeApi,
  tasks: tasksApi,
} as const;

export type HttpApis = typeof httpApis;
