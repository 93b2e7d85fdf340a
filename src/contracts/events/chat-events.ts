/** What happened in conversations; never the text of a message. Written by chat; read by audit and realtime. */
import * as z from "zod/mini";
import { instant, uuid } from "../primitives.ts";
import { eventContract } from "./define.ts";

const tool = { conversationId: uuid, tool: z.string(), callId: z.string() };
const approval = { ...tool, approvalId: uuid };

export const chatEvents = eventContract({
  "dev.todo.chat.conversation_started.v1": z.object({ conversationId: uuid }),
  "dev.todo.chat.message_sent.v1": z.object({
    conversationId: uuid,
    messageId: uuid,
    role: z.enum(["user", "assistant"]),
  }),
  "dev.todo.chat.tool_used.v1": z.object({ ...tool, outcome: z.enum(["succeeded", "failed"]) }),
  "dev.todo.chat.approval_asked.v1": z.object({ ...approval, expiresAt: instant }),
  "dev.todo.chat.approval_given.v1": z.object(approval),
  "dev.todo.chat.approval_refused.v1": z.object(approval),
});
