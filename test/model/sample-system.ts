import { taskEvents } from "#contracts/events/index";
import { days, mebibytes, millicores } from "#model/quantities";
import { daprState, outsideHost, randomSecret } from "#model/resource";
import { type AnyService, api, consumer, upTo } from "#model/service";
import type { System } from "#model/system";
import { deadLetterTopic, topic } from "#model/topic";

export const common = {
  purpose: "test",
  scale: upTo(3),
  resources: {
    requests: { cpu: millicores(50), memory: mebibytes(64) },
    limits: { cpu: millicores(100), memory: mebibytes(64) },
  },
} as const;

const tasks: AnyService = api({
  ...common,
  port: 8082,
  publishes: ["task-events"],
  stores: ["statestore"],
  secrets: ["token"],
  egress: ["llm"],
});
const reader: AnyService = consumer({
  ...common,
  port: 8083,
  subscribes: ["task-events"],
  invokes: { tasks: { idempotent: true } },
});

/** A small system without a fault; tests change one thing and see what is said. */
export const sample = {
  name: "sample",
  topics: {
    "task-events": topic({ events: taskEvents, key: "taskId", partitions: 6, retention: days(7) }),
    "dead-letters": deadLetterTopic({ partitions: 3, retention: days(30) }),
  },
  stores: { statestore: daprState("test") },
  secrets: { token: randomSecret("test") },
  outside: { llm: outsideHost({ host: "*", port: 443, purpose: "test" }) },
  services: { tasks, reader },
} satisfies System;

/** The sample with its services changed. */
export const withServices = (services: Record<string, AnyService>): System => ({
  ...sample,
  services: { ...sample.services, ...services },
});
