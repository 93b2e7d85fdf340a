/** AsyncAPI 3.0 document of the system's topics, from the model. https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
import { deadLetterTopicOf, eventTopics, publishersOf, type System, subscribersOf } from "#model/system";
import type { Topic } from "#model/topic";
import type { Json } from "./alternatives.ts";
import { eventContracts } from "./event-contracts.ts";

export const ASYNCAPI_FILE = "docs/api/asyncapi.json";

const reference = (path: string): Json => ({ $ref: `#/${path}` });

/** Deterministic: the same model gives the same bytes. @param version of the project */
export function asyncApiDocument(model: System, version: string): Json {
  const contracts = eventContracts(model, "#/components/schemas/");
  const types = Object.values(contracts.topics).flatMap((topic) => Object.entries(topic.types));
  return {
    asyncapi: "3.0.0",
    info: {
      title: `Events of ${model.name}`,
      version,
      description:
        "Structured CloudEvents 1.0 on Kafka, at least once. Order is kept per partition key, which is the field that each channel names.",
    },
    defaultContentType: "application/cloudevents+json",
    channels: Object.fromEntries([...eventTopics(model).map(channel), deadLetters(model)]),
    operations: Object.fromEntries(eventTopics(model).flatMap(([name]) => operations(model, name))),
    components: {
      messages: Object.fromEntries(types.map(([type]) => [type, message(type)])),
      schemas: {
        Attributes: contracts.attributes,
        ...contracts.schemas,
        ...Object.fromEntries(types.map(([type, data]) => [type, cloudEvent(type, data)])),
      },
    },
  };
}

function channel([name, { key, events, partitions, retention }]: readonly [string, Topic]): [string, Json] {
  return [
    name,
    {
      address: name,
      description: `Order is kept per ${key}.`,
      messages: Object.fromEntries(
        [...events.types].sort().map((type) => [type, reference(`components/messages/${type}`)]),
      ),
      bindings: kafka(name, partitions, retention.milliseconds),
    },
  ];
}

function deadLetters(model: System): [string, Json] {
  const [name, { partitions, retention }] = deadLetterTopicOf(model);
  const description = "What no subscriber could process, as it was received.";
  return [name, { address: name, description, bindings: kafka(name, partitions, retention.milliseconds) }];
}

const kafka = (topic: string, partitions: number, retention: number): Json => ({
  kafka: {
    topic,
    partitions,
    topicConfiguration: { "cleanup.policy": ["delete"], "retention.ms": retention },
    bindingVersion: "0.5.0",
  },
});

function operations(model: System, topic: string): [string, Json][] {
  const each = (service: string, action: "send" | "receive"): [string, Json] => [
    `${service}.${action}.${topic}`,
    { action, channel: reference(`channels/${topic}`), tags: [{ name: service }] },
  ];
  return [
    ...publishersOf(model, topic).map((service) => each(service, "send")),
    ...subscribersOf(model, topic).map((service) => each(service, "receive")),
  ];
}

const message = (type: string): Json => ({
  name: type,
  contentType: "application/cloudevents+json",
  payload: reference(`components/schemas/${type}`),
  bindings: { kafka: { key: { type: "string" }, bindingVersion: "0.5.0" } },
});

const cloudEvent = (type: string, data: Json): Json => ({
  allOf: [
    reference("components/schemas/Attributes"),
    {
      type: "object",
      properties: { type: { type: "string", const: type }, data },
      required: ["type", "data"],
    },
  ],
});
