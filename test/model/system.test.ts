import { describe, expect, test } from "@jest/globals";
import { taskEvents } from "#contracts/events/index";
import { ModelError } from "#model/errors";
import { days, seconds } from "#model/quantities";
import { api, type ServiceProps } from "#model/service";
import { callersOf, isPureConsumer, type System, system } from "#model/system";
import { topic } from "#model/topic";
import { validateSystem } from "#model/validate-system";
import { todo } from "#system";
import { common, sample, withServices } from "./sample-system.ts";

const messages = (model: System): string[] =>
  validateSystem(model).map(({ entry, problem, remedy }) => `${entry}: ${problem}. ${remedy}`);
const chat = (props: Omit<Partial<ServiceProps>, "port"> & { port?: number }) =>
  withServices({ chat: api({ ...common, port: 8081, ...props }) });

describe("a system", () => {
  test("without a fault has nothing to report", () => {
    expect(messages(sample)).toEqual([]);
    expect(messages(todo)).toEqual([]);
  });

  test.each<[string, System, RegExp]>([
    [
      "an unknown callee",
      chat({ invokes: { taks: { idempotent: true } } }),
      /services\.chat: it invokes "taks", which is not declared\. .*tasks, reader, chat/,
    ],
    [
      "a consumer as callee",
      chat({ invokes: { reader: { idempotent: true } } }),
      /services\.chat: it invokes "reader", a consumer/,
    ],
    ["itself as callee", chat({ invokes: { chat: { idempotent: true } } }), /it invokes itself/],
    ["an unknown topic to publish", chat({ publishes: ["nothing"] }), /topic "nothing" is not declared/],
    ["an unknown topic to read", chat({ subscribes: ["nothing"] }), /topic "nothing" is not declared/],
    ["a topic listed twice", chat({ subscribes: ["task-events", "task-events"] }), /"task-events" is listed twice/],
    ["the dead letter topic", chat({ publishes: ["dead-letters"] }), /topic "dead-letters" is not declared/],
    ["an unknown store", chat({ stores: ["redis"] }), /store "redis" is not declared/],
    ["an unknown secret", chat({ secrets: ["key"] }), /secret "key" is not declared/],
    ["an unknown host", chat({ egress: ["mail"] }), /outside host "mail" is not declared/],
    ["a shared port", chat({ port: 8082 }), /port 8082 is also the port of "tasks"/],
    ["a port of the sidecar", chat({ port: 3500 }), /port 3500 is taken by the Dapr sidecar/],
    ["a privileged port", chat({ port: 80 }), /port 80/],
    ["an impossible scale", chat({ scale: { min: 3, max: 2 } }), /scale 3 to 2/],
    ["a bad cron schedule", chat({ cron: { sweep: "often" } }), /cron binding sweep has the schedule "often"/],
    ["a bad route", chat({ routes: { "/Nope/": {} } }), /public route "\/Nope\/"/],
  ])("reports %s", (_what, model, expected) => {
    expect(messages(model).join("\n")).toMatch(expected);
  });

  test.each<[string, System, RegExp]>([
    [
      "a topic that nobody publishes",
      {
        ...sample,
        topics: {
          ...sample.topics,
          lonely: topic({ events: taskEvents, key: "taskId", partitions: 1, retention: days(1) }),
        },
      },
      /topics\.lonely: nobody publishes it/,
    ],
    [
      "an event type on two topics",
      {
        ...sample,
        topics: {
          ...sample.topics,
          twin: topic({ events: taskEvents, key: "taskId", partitions: 1, retention: days(1) }),
        },
      },
      /is also on topic task-events/,
    ],
    [
      "no dead letter topic",
      { ...sample, topics: { "task-events": sample.topics["task-events"] } },
      /0 dead letter topics are declared/,
    ],
    [
      "a topic kept too short",
      {
        ...sample,
        topics: {
          ...sample.topics,
          "task-events": topic({ events: taskEvents, key: "taskId", partitions: 6, retention: seconds(1) }),
        },
      },
      /kept for less than a minute/,
    ],
    [
      "half a partition",
      {
        ...sample,
        topics: {
          ...sample.topics,
          "task-events": topic({ events: taskEvents, key: "taskId", partitions: 0.5, retention: days(1) }),
        },
      },
      /0\.5 partitions/,
    ],
    [
      "an unused secret",
      { ...sample, secrets: { ...sample.secrets, spare: sample.secrets.token } },
      /secrets\.spare: no service uses it/,
    ],
    [
      "a name that Kubernetes refuses",
      withServices({ Chat_1: api({ ...common, port: 8081 }) }),
      /services\.Chat_1: the name is no lower-case label/,
    ],
  ])("reports %s", (_what, model, expected) => {
    expect(messages(model).join("\n")).toMatch(expected);
  });

  test("reports everything that is wrong at once", () => {
    const wrong = chat({ port: 8082, publishes: ["x"], invokes: { y: { idempotent: true } } });
    const error = (() => {
      try {
        system(wrong as never);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(ModelError);
    expect((error as ModelError).problems).toHaveLength(3);
    expect((error as ModelError).message).toMatch(/^the model has 3 problems:\n {2}services\.chat: /);
  });

  test("knows callers and pure consumers", () => {
    expect(callersOf(todo, "tasks").map(([name]) => name)).toEqual(["gateway", "chat", "recurring", "notifications"]);
    expect(
      Object.entries(todo.services)
        .filter(([name, service]) => isPureConsumer(todo, name, service))
        .map(([name]) => name),
    ).toEqual(["recurring"]);
  });
});
