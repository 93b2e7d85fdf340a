/**
 * The product on one page: its topics, what it keeps, whom it trusts with what, and who talks to whom. Manifests, policies,
 * typed clients, the laptop, dashboards and pictures are derived from here; no fact that stands here is repeated elsewhere.
 */
import { chatEvents, reminders, taskEvents, taskUpdates, userEvents } from "#contracts/events/index";
import { days, mebibytes, millicores, seconds } from "#model/quantities";
import { daprState, givenSecret, outsideHost, postgresql, randomSecret } from "#model/resource";
import { api, consumer, upTo, web } from "#model/service";
import { system } from "#model/system";
import { deadLetterTopic, topic } from "#model/topic";

// More than one event loop and its garbage collector can use: the limit never throttles, it only stops a runaway.
const cpuLimit = millicores(2000);
// Memory is requested whole, so that no neighbour's burst evicts a pod, and 70 % of it, where another replica comes, lies above
// what load alone fills. docs/sizing.md has the measurements.
const small = {
  requests: { cpu: millicores(50), memory: mebibytes(256) },
  limits: { cpu: cpuLimit, memory: mebibytes(256) },
};
const medium = {
  requests: { cpu: millicores(100), memory: mebibytes(384) },
  limits: { cpu: cpuLimit, memory: mebibytes(384) },
};

/** How a service reads the keys that the gateway signs users' tokens with. */
const tokenKeys = { gateway: { idempotent: true, internal: true } } as const;

export const todo = system({
  name: "todo",

  topics: {
    "task-events": topic({ events: taskEvents, key: "taskId", partitions: 6, retention: days(7) }),
    "task-updates": topic({ events: taskUpdates, key: "userId", partitions: 6, retention: days(1) }),
    reminders: topic({ events: reminders, key: "taskId", partitions: 6, retention: days(7) }),
    "chat-events": topic({ events: chatEvents, key: "conversationId", partitions: 6, retention: days(7) }),
    "user-events": topic({ events: userEvents, key: "userId", partitions: 3, retention: days(30) }),
    "dead-letters": deadLetterTopic({ partitions: 3, retention: days(30) }),
  },

  stores: {
    postgres: postgresql("rows, outboxes and inboxes; a schema and a role per service"),
    statestore: daprState("short-lived tickets and rate limits"),
  },

  secrets: {
    "session-secret": randomSecret("signs session cookies and encrypts signing keys"),
    "oidc-client": givenSecret("client id and secret of the OIDC provider", { optional: true }),
    "openai-api-key": givenSecret("key of the OpenAI-compatible endpoint; without it the offline assistant answers", {
      optional: true,
    }),
    "smtp-url": givenSecret("mail server with credentials; without it reminders stay in the app", { optional: true }),
    "webhook-signing-key": randomSecret("signs reminder webhooks"),
  },

  outside: {
    llm: outsideHost({ host: "api.openai.com", port: 443, purpose: "language model" }),
    oidc: outsideHost({ host: "*", port: 443, purpose: "sign-in with the organisation's OIDC provider" }),
    smtp: outsideHost({ host: "*", port: 587, purpose: "reminder mails" }),
    webhooks: outsideHost({ host: "*", port: 443, purpose: "reminder webhooks of users" }),
  },

  services: {
    frontend: web({
      purpose: "the chat and the task list in the browser",
      port: 3000,
      routes: { "/": {} },
      invokes: { gateway: { idempotent: false, streaming: true } },
      scale: upTo(10),
      resources: medium,
    }),
    gateway: api({
      purpose: "the only public API: sessions, tokens, rate limits",
      port: 8080,
      routes: { "/api": { longLived: true } },
      publishes: ["user-events"],
      invokes: {
        tasks: { idempotent: true },
        chat: { idempotent: false, streaming: true },
        notifications: { idempotent: true },
        audit: { idempotent: true },
        realtime: { idempotent: true },
      },
      stores: ["postgres", "statestore"],
      secrets: ["session-secret", "oidc-client"],
      egress: ["oidc"],
      scale: upTo(10),
      resources: medium,
    }),
    chat: api({
      purpose: "conversations, and the agent that acts on tasks for people",
      port: 8081,
      publishes: ["chat-events"],
      subscribes: ["user-events"],
      invokes: { tasks: { idempotent: true, streaming: true }, ...tokenKeys },
      stores: ["postgres"],
      secrets: ["openai-api-key"],
      egress: ["llm"],
      scale: upTo(10),
      resources: medium,
      drain: seconds(60),
    }),
    tasks: api({
      purpose: "the domain: tasks, search, REST and MCP",
      port: 8082,
      publishes: ["task-events", "task-updates", "reminders"],
      subscribes: ["reminders", "user-events"],
      invokes: tokenKeys,
      stores: ["postgres"],
      scale: upTo(10),
      resources: medium,
    }),
    recurring: consumer({
      purpose: "makes the next occurrence when a recurring task is completed",
      port: 8083,
      subscribes: ["task-events"],
      invokes: { tasks: { idempotent: true, internal: true } },
      stores: ["postgres"],
      scale: upTo(6),
      resources: small,
    }),
    notifications: api({
      purpose: "reminders at their minute, in the app, by mail and webhook",
      port: 8084,
      publishes: ["reminders", "task-updates"],
      subscribes: ["task-events", "reminders", "user-events"],
      invokes: { tasks: { idempotent: true, internal: true }, ...tokenKeys },
      jobs: ["reminder"],
      cron: { "reminder-sweep": "@every 1m" },
      stores: ["postgres"],
      secrets: ["smtp-url", "webhook-signing-key"],
      egress: ["smtp", "webhooks"],
      scale: upTo(6),
      resources: small,
    }),
    audit: api({
      purpose: "every event, append-only and hash-chained, with statistics",
      port: 8085,
      subscribes: ["task-events", "reminders", "chat-events", "user-events"],
      invokes: tokenKeys,
      stores: ["postgres"],
      scale: upTo(6),
      resources: small,
    }),
    realtime: api({
      purpose: "live updates over WebSocket",
      port: 8086,
      routes: { "/ws": { longLived: true } },
      subscribes: ["task-updates", "chat-events", "user-events"],
      invokes: tokenKeys,
      stores: ["postgres", "statestore"],
      scale: upTo(10),
      resources: medium,
    }),
  },
});

export type Todo = typeof todo;
