/** The HTTP API: routes only adapt it to the verbs. */
import type { chatApi } from "#contracts/http/chat";
import { ASSISTANT_HEADERS } from "#contracts/http/gateway";
import type { Handlers } from "#kit/http/serve-api";
import { EVENT_STREAM_HEADERS } from "./answer/event-stream.ts";
import type { Chat } from "./chat.ts";
import { findConversation } from "./data/conversations.ts";
import {
  createConversation,
  deleteConversation,
  listConversations,
  renameConversation,
  viewOf,
} from "./verbs/conversations.ts";
import { decideApproval } from "./verbs/decide-approval.ts";
import { exportConversations, listApprovals, listMessages } from "./verbs/read.ts";
import { send } from "./verbs/send.ts";
import { tasksToken } from "./verbs/tokens.ts";

export const handlers = (chat: Chat): Handlers<typeof chatApi> => {
  const { context } = chat;
  return {
    listConversations: async ({ query, principal }) => ({
      status: 200,
      body: await listConversations(context, principal.userId, query),
    }),
    createConversation: async ({ body, principal }) => ({
      status: 201,
      body: viewOf(await createConversation(context, principal.userId, body)),
    }),
    getConversation: async ({ params, principal }) => ({
      status: 200,
      body: viewOf(await findConversation(context.db, principal.userId, params.id)),
    }),
    renameConversation: async ({ params, body, principal }) => ({
      status: 200,
      body: viewOf(await renameConversation(context, principal.userId, params.id, body.title)),
    }),
    deleteConversation: async ({ params, principal }) => {
      await deleteConversation(context, principal.userId, params.id);
      return { status: 204 };
    },
    listMessages: async ({ params, principal }) => ({
      status: 200,
      body: await listMessages(context, principal.userId, params.id),
    }),

    send: async ({ body, principal, signal, context: c }) => {
      const token = await tasksToken(chat, c, principal, ASSISTANT_HEADERS.tasks);
      const stream = await send(chat, { principal, turn: body, token, signal });
      return { status: 200, stream, headers: EVENT_STREAM_HEADERS };
    },
    listApprovals: async ({ principal }) => ({
      status: 200,
      body: { items: await listApprovals(context, principal.userId) },
    }),
    decideApproval: async ({ params: { id }, body: { decision }, principal, signal, context: c }) => {
      const approve = decision === "approve";
      const approvalToken = approve ? await tasksToken(chat, c, principal, ASSISTANT_HEADERS.tasks, id) : undefined;
      const token = await tasksToken(chat, c, principal, approve ? ASSISTANT_HEADERS.turn : ASSISTANT_HEADERS.tasks);
      const stream = await decideApproval(chat, { principal, approvalId: id, approvalToken, token, signal });
      return { status: 200, stream, headers: EVENT_STREAM_HEADERS };
    },

    export: ({ principal }) => ({ status: 200, stream: exportConversations(context, principal.userId) }),
  };
};
