/** What must not compile in a system. Every `@ts-expect-error` fails the type check when its mistake starts to compile. */
import { taskEvents } from "#contracts/events/index";
import { days, mebibytes, millicores } from "#model/quantities";
import { daprState, outsideHost, randomSecret } from "#model/resource";
import { api, consumer, upTo } from "#model/service";
import { system } from "#model/system";
import { deadLetterTopic, topic } from "#model/topic";

const resources = {
  requests: { cpu: millicores(50), memory: mebibytes(64) },
  limits: { cpu: millicores(100), memory: mebibytes(64) },
};
const common = { purpose: "test", scale: upTo(3), resources } as const;

const rest = {
  name: "sample",
  topics: {
    "task-events": topic({ events: taskEvents, key: "taskId", partitions: 6, retention: days(7) }),
    "dead-letters": deadLetterTopic({ partitions: 3, retention: days(30) }),
  },
  stores: { statestore: daprState("test") },
  secrets: { token: randomSecret("test") },
  outside: { llm: outsideHost({ host: "*", port: 443, purpose: "test" }) },
} as const;

const tasks = api({ ...common, port: 8082, publishes: ["task-events"] });
const reader = consumer({
  ...common,
  port: 8083,
  subscribes: ["task-events"],
  invokes: { tasks: { idempotent: true } },
});

system({ ...rest, services: { tasks, reader } });

const misspelt = api({ ...common, port: 8081, invokes: { taks: { idempotent: true } } });
// @ts-expect-error a misspelt service cannot be invoked
system({ ...rest, services: { tasks, reader, chat: misspelt } });

const callsConsumer = api({ ...common, port: 8081, invokes: { reader: { idempotent: true } } });
// @ts-expect-error a consumer cannot be invoked
system({ ...rest, services: { tasks, reader, chat: callsConsumer } });

const callsItself = api({
  ...common,
  port: 8082,
  publishes: ["task-events"],
  invokes: { tasks: { idempotent: true } },
});
// @ts-expect-error a service cannot invoke itself
system({ ...rest, services: { reader, tasks: callsItself } });

const readsUnknown = consumer({ ...common, port: 8083, subscribes: ["task-event"] });
// @ts-expect-error a topic that nobody declares cannot be subscribed to
system({ ...rest, services: { tasks, reader: readsUnknown } });

const writesUnknown = api({ ...common, port: 8082, publishes: ["tasks"] });
// @ts-expect-error an unknown topic cannot be published
system({ ...rest, services: { reader, tasks: writesUnknown } });

const writesDeadLetters = api({ ...common, port: 8082, publishes: ["dead-letters"] });
// @ts-expect-error the dead letter topic is nobody's to publish by hand
system({ ...rest, services: { reader, tasks: writesDeadLetters } });

const samePort = api({ ...common, port: 8082 });
// @ts-expect-error two services cannot share a port
system({ ...rest, services: { tasks, reader, chat: samePort } });

const unknownStore = api({ ...common, port: 8081, stores: ["redis"] });
// @ts-expect-error an undeclared store
system({ ...rest, services: { tasks, reader, chat: unknownStore } });

const unknownSecret = api({ ...common, port: 8081, secrets: ["tokn"] });
// @ts-expect-error an undeclared secret
system({ ...rest, services: { tasks, reader, chat: unknownSecret } });

const unknownHost = api({ ...common, port: 8081, egress: ["mail"] });
// @ts-expect-error an undeclared outside host
system({ ...rest, services: { tasks, reader, chat: unknownHost } });

// @ts-expect-error an edge must say whether its calls may be repeated
api({ ...common, port: 8081, invokes: { tasks: {} } });

// @ts-expect-error a consumer without subscriptions has nothing to do
consumer({ ...common, port: 8083, subscribes: [] });

// @ts-expect-error a consumer has no public route
consumer({ ...common, port: 8083, subscribes: ["task-events"], routes: { "/x": {} } });

// @ts-expect-error the key must be a field of every event of the topic
topic({ events: taskEvents, key: "conversationId", partitions: 6, retention: days(7) });
