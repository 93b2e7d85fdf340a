/** A system of two services that uses every part of the sidecar, so that its contract can be tried whole. */
import { chatEvents, taskEvents } from "#contracts/events/index";
import { days, mebibytes, millicores } from "#model/quantities";
import { daprState, givenSecret, randomSecret } from "#model/resource";
import { api, upTo } from "#model/service";
import { system } from "#model/system";
import { deadLetterTopic, topic } from "#model/topic";

const common = {
  scale: upTo(2),
  resources: {
    requests: { cpu: millicores(50), memory: mebibytes(64) },
    limits: { cpu: millicores(500), memory: mebibytes(64) },
  },
} as const;

export const contractModel = system({
  name: "contract",
  topics: {
    "task-events": topic({ events: taskEvents, key: "taskId", partitions: 3, retention: days(1) }),
    "chat-events": topic({ events: chatEvents, key: "conversationId", partitions: 1, retention: days(1) }),
    "dead-letters": deadLetterTopic({ partitions: 1, retention: days(1) }),
  },
  stores: { statestore: daprState("tests") },
  secrets: {
    known: randomSecret("tests"),
    absent: givenSecret("tests", { optional: true }),
    foreign: randomSecret("tests"),
  },
  outside: {},
  services: {
    alpha: api({
      ...common,
      purpose: "asks",
      port: 8101,
      publishes: ["task-events"],
      subscribes: ["chat-events"],
      invokes: { beta: { idempotent: true }, gamma: { idempotent: false, internal: true } },
      stores: ["statestore"],
      secrets: ["known", "absent"],
      jobs: ["timer"],
    }),
    beta: api({
      ...common,
      purpose: "answers",
      port: 8102,
      publishes: ["chat-events"],
      subscribes: ["task-events"],
      stores: ["statestore"],
      secrets: ["foreign"],
    }),
    gamma: api({ ...common, purpose: "answers services alone", port: 8103 }),
  },
});

export type ContractApp = keyof typeof contractModel.services;
