/** The API of chat: conversations, turns with the assistant, and the approvals that it asks for. */
import * as z from "zod/mini";
import { instant, uuid } from "../primitives.ts";
import { empty, httpApi, json, operation, stream } from "./define.ts";

export const MAX_MESSAGE_CHARACTERS = 8_000;
export const MAX_TITLE_CHARACTERS = 120;

/** PostgreSQL's text has no U+0000 and UTF-8 no half of a surrogate pair. */
const storable = z.refine<string>(
  (text) => text.isWellFormed() && !text.includes("\0"),
  "holds a character that cannot be stored",
);

const conversationTitle = z.string().check(z.trim(), z.minLength(1), z.maxLength(MAX_TITLE_CHARACTERS), storable);

export const conversation = z.object({
  id: uuid,
  /** Made from the first message until somebody renames it; null while nothing has been said. */
  title: z.nullable(z.string()),
  createdAt: instant,
  /** Of the last message, or of the renaming. */
  updatedAt: instant,
});

/** What a person sends: text alone. An empty one, and one of more than 8,000 characters, is answered with 422. */
const textPart = z.object({ type: z.literal("text"), text: z.string() });

export const userMessage = z.object({
  /** Made by the caller, so that a message that is sent again is the same one; left out, the service makes one. */
  id: z.optional(uuid),
  role: z.literal("user"),
  parts: z.array(textPart).check(z.minLength(1), z.maxLength(8)),
});

/**
 * One turn. `message` says something; with `messageId` it replaces that message of yours and everything after it (edit and
 * resend). `trigger: "regenerate-message"` has no `message`: the answer `messageId`, or the last one, is given anew.
 */
export const chatTurn = z.object({
  /** Made by the caller or by `POST /v1/conversations`; an id that nobody has begins a conversation, none makes a new one. */
  conversationId: z.optional(uuid),
  trigger: z._default(z.enum(["submit-message", "regenerate-message"]), "submit-message"),
  message: z.optional(userMessage),
  messageId: z.optional(uuid),
});

/** How an answer ended: `waiting` for an approval, `stopped` by the user, `failed` with a text that says why. */
export const answerStatus = z.enum(["streaming", "done", "waiting", "stopped", "failed"]);

/** `metadata` of the messages: in the stream's `start` and `finish` chunks, and of kept messages. */
export const messageMetadata = z.object({
  conversationId: uuid,
  createdAt: instant,
  /** Of answers alone. */
  status: z.optional(answerStatus),
  /** Of answers alone: `offline`, or the name of the language model. */
  model: z.optional(z.string()),
});

/** `data` of a `data-notice` part: why an answer ended early, in words for the user. Kept with the message. */
export const notice = z.object({ level: z.enum(["info", "error"]), text: z.string() });

/** A request to the tasks API that takes a change back, sent by the person who clicks undo. */
export const undoStep = z.object({
  method: z.enum(["DELETE", "PATCH", "POST"]),
  /** Below `/api`, e.g. `/v1/tasks/0190.../reopen`. */
  path: z.string(),
  body: z.optional(z.record(z.string(), z.unknown())),
  /** For `If-Match`, where the change is only meant for what the assistant left behind. */
  version: z.optional(z.string()),
});

/** `output` of a tool part: what a card shows. */
export const toolOutput = z.object({
  /** One readable line, e.g. `Added: Pay the rent, every 1st, reminder the day before`. */
  summary: z.string(),
  /** What the tool answered: `{task}`, `{tasks, nextCursor, total}`, `{deleted}` or `{changed, more}`. */
  result: z.record(z.string(), z.unknown()),
  /** Sent in this order they undo the call; empty where nothing changed. */
  undo: z.array(undoStep),
});

/** `approval.descriptor` of a tool part, and a pending approval: what is about to happen, in words and in tasks. */
export const approvalDescriptor = z.object({
  /** e.g. `Delete 3 tasks` */
  summary: z.string(),
  tasks: z.array(z.object({ number: z.int(), title: z.string() })),
  /** How many tasks it touches; `tasks` shows the first of them. */
  count: z.int(),
  expiresAt: instant,
});

/** Calls that only change or complete tasks may share one approval; a deletion has one of its own. */
const askedCall = z.object({ toolCallId: z.string(), tool: z.string(), input: z.record(z.string(), z.unknown()) });

export const pendingApproval = z.object({
  id: uuid,
  conversationId: uuid,
  messageId: uuid,
  calls: z.array(askedCall),
  ...approvalDescriptor.shape,
  createdAt: instant,
});

/**
 * A `UIMessage` of the AI SDK 7. Parts: `text`, `step-start`, `dynamic-tool` (states `input-available`,
 * `approval-requested`, `approval-responded`, `output-available`, `output-error`, `output-denied`) and `data-notice`
 * (`{level, text}`). Parts with the same `approval.id` are decided together.
 */
const uiMessage = z.object({
  id: uuid,
  role: z.enum(["user", "assistant"]),
  metadata: messageMetadata,
  parts: z.array(z.looseObject({ type: z.string() })),
});

export const MAX_CONVERSATIONS_PAGE = 100;

const id = { params: z.object({ id: uuid }) };
const one = { 200: json(conversation) };
const UI_MESSAGE_STREAM = stream("text/event-stream");

export const chatApi = httpApi({
  service: "chat",
  title: "Chat",
  version: "1.0.0",
  schemas: {
    Conversation: conversation,
    ChatTurn: chatTurn,
    UserMessage: userMessage,
    MessageMetadata: messageMetadata,
    ToolOutput: toolOutput,
    Approval: pendingApproval,
  },
  operations: {
    listConversations: operation({
      method: "get",
      path: "/v1/conversations",
      summary: "List conversations, the latest first, page by page",
      query: z.object({
        limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(MAX_CONVERSATIONS_PAGE)), 50),
        cursor: z.optional(z.string().check(z.maxLength(200))),
      }),
      responses: { 200: json(z.object({ items: z.array(conversation), nextCursor: z.nullable(z.string()) })) },
    }),
    createConversation: operation({
      method: "post",
      path: "/v1/conversations",
      summary: "Begin a conversation",
      description: "Not needed before a first message: a turn with a new id begins a conversation too.",
      body: z.object({ id: z.optional(uuid), title: z.optional(conversationTitle) }),
      responses: { 201: json(conversation) },
      errors: ["not-found"],
    }),
    getConversation: operation({
      method: "get",
      path: "/v1/conversations/:id",
      summary: "Read a conversation without its messages",
      ...id,
      responses: one,
      errors: ["not-found"],
    }),
    renameConversation: operation({
      method: "patch",
      path: "/v1/conversations/:id",
      summary: "Rename a conversation",
      ...id,
      body: z.object({ title: conversationTitle }),
      responses: one,
      errors: ["not-found"],
    }),
    deleteConversation: operation({
      method: "delete",
      path: "/v1/conversations/:id",
      summary: "Delete a conversation with its messages and approvals",
      ...id,
      responses: { 204: empty() },
      errors: ["not-found"],
    }),
    listMessages: operation({
      method: "get",
      path: "/v1/conversations/:id/messages",
      summary: "Read the messages of a conversation as UIMessages of the AI SDK, oldest first",
      ...id,
      responses: { 200: json(z.array(uiMessage)) },
      errors: ["not-found"],
    }),
    send: operation({
      method: "post",
      path: "/v1/chat",
      summary: "Say something and read the answer as it is written",
      description:
        "Answers with the UI message stream of the AI SDK (server-sent events). Closing the connection stops the answer; what was written is kept. A stream without its finish or abort part was cut.",
      body: chatTurn,
      maxBodyBytes: 1_048_576,
      responses: { 200: UI_MESSAGE_STREAM },
      errors: ["not-found", "conflict", "unprocessable", "body-too-large"],
    }),
    listApprovals: operation({
      method: "get",
      path: "/v1/approvals",
      summary: "What the assistant is waiting for: approvals that can still be given",
      responses: { 200: json(z.object({ items: z.array(pendingApproval) })) },
    }),
    decideApproval: operation({
      method: "post",
      path: "/v1/approvals/:id",
      summary: "Approve or reject, and read how the answer goes on",
      description:
        "Works once. The stream continues the message that asked. gone: the fifteen minutes are over; conflict: decided already.",
      ...id,
      body: z.object({ decision: z.enum(["approve", "reject"]) }),
      responses: { 200: UI_MESSAGE_STREAM },
      errors: ["not-found", "conflict", "gone"],
    }),
    export: operation({
      method: "get",
      path: "/v1/export",
      summary: "Every conversation of yours with its messages, one JSON document a line",
      responses: { 200: stream("application/x-ndjson") },
    }),
  },
});

export type Conversation = z.output<typeof conversation>;
export type ChatTurn = z.output<typeof chatTurn>;
export type UserMessage = z.output<typeof userMessage>;
export type MessageMetadata = z.output<typeof messageMetadata>;
export type AnswerStatus = z.output<typeof answerStatus>;
export type Notice = z.output<typeof notice>;
export type UndoStep = z.output<typeof undoStep>;
export type ToolOutput = z.output<typeof toolOutput>;
export type ApprovalDescriptor = z.output<typeof approvalDescriptor>;
export type PendingApproval = z.output<typeof pendingApproval>;
