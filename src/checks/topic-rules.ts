import { consumerGroup } from "#model/names";
import { deadLetterTopicOf, eventTopics, publishersOf, type System, subscribersOf } from "#model/system";
import { isPubsub, metadataValue, subscriptionsOf, topicScopes } from "./dapr.ts";
import { fieldsAt, listAt, textAt, textsAt } from "./read.ts";
import type { Resource, Rule } from "./rule.ts";

const consumed: Rule = {
  id: "topic-consumed",
  reason: "Events that nobody reads are stored and paid for, and often mean a forgotten subscription.",
  remedy: "Subscribe a service to it, or declare it external: true",
  severity: "error",
  *check({ model }) {
    for (const [topic, { external }] of eventTopics(model)) {
      if (!external && publishersOf(model, topic).length > 0 && subscribersOf(model, topic).length === 0) {
        yield { origin: `topics.${topic}`, problem: `${topic} is published and nobody subscribes to it` };
      }
    }
  },
};

const published: Rule = {
  id: "topic-published",
  reason: "A subscription to a topic that nobody publishes never does anything.",
  remedy: "Let a service publish it, or remove the topic",
  severity: "error",
  *check({ model }) {
    for (const [topic] of eventTopics(model)) {
      if (publishersOf(model, topic).length === 0) {
        yield { origin: `topics.${topic}`, problem: `nobody publishes ${topic}` };
      }
    }
  },
};

const subscribed: Rule = {
  id: "subscription-complete",
  reason:
    "An event that no route takes is dropped without a trace, and one that fails without a dead letter topic is lost.",
  remedy: "Give the Subscription routes.default and the system's dead letter topic, one for each entry of subscribes",
  severity: "error",
  *check(rendering) {
    const { model } = rendering;
    const [deadLetters] = deadLetterTopicOf(model);
    for (const resource of rendering.ofKind("Subscription")) {
      const { spec } = resource.manifest;
      if (!textAt(spec, "routes", "default")) yield { resource, problem: "it has no default route" };
      const topic = textAt(spec, "deadLetterTopic");
      if (topic !== deadLetters) yield { resource, problem: `its dead letters go to ${topic ?? "nowhere"}` };
    }
    const rendered = new Set(subscriptionsOf(rendering).map(({ service, topic }) => `${service} ${topic}`));
    for (const [name, service] of Object.entries(model.services)) {
      for (const topic of service.subscribes) {
        if (!rendered.delete(`${name} ${topic}`)) {
          yield { origin: `services.${name}`, problem: `no Subscription delivers ${topic} to ${name}` };
        }
      }
    }
    for (const extra of rendered) {
      yield {
        problem: `a Subscription delivers "${extra.split(" ")[1]}" to ${extra.split(" ")[0]}, which did not ask for it`,
      };
    }
  },
};

/** What each service has to be able to publish: its own topics and, as a subscriber, dead letters. */
function writesOf(model: System): (readonly [service: string, topics: readonly string[]])[] {
  const [deadLetters] = deadLetterTopicOf(model);
  return Object.entries(model.services).map(([name, { publishes, subscribes }]) => [
    name,
    subscribes.length > 0 ? [...publishes, deadLetters] : publishes,
  ]);
}

const pubsubScopes: Rule = {
  id: "pubsub-scopes",
  reason:
    "Dapr publishes dead letters under the subscriber's own scope; a missing topic loses them, a further one opens a door.",
  remedy: "Derive publishingScopes and subscriptionScopes from the services' entries, dead letters included",
  severity: "error",
  *check(rendering) {
    const { model } = rendering;
    for (const resource of rendering.ofKind("Component").filter(isPubsub)) {
      const publishing = topicScopes(metadataValue(resource, "publishingScopes"));
      const subscription = topicScopes(metadataValue(resource, "subscriptionScopes"));
      const scopes = new Set(textsAt(resource.manifest, "scopes"));
      for (const [name, writes] of writesOf(model)) {
        if (!scopes.has(name)) continue;
        yield* differences(resource, name, "publish", writes, publishing.get(name));
        yield* differences(
          resource,
          name,
          "subscribe to",
          model.services[name]?.subscribes ?? [],
          subscription.get(name),
        );
      }
      const guarded = new Set(metadataValue(resource, "protectedTopics")?.split(","));
      for (const topic of Object.keys(model.topics)) {
        if (!guarded.has(topic)) yield { resource, problem: `${topic} is not among the protectedTopics` };
      }
    }
  },
};

function* differences(
  resource: Resource,
  service: string,
  verb: string,
  wanted: readonly string[],
  given: ReadonlySet<string> | undefined,
) {
  if (given === undefined) {
    yield { resource, problem: `${service} may ${verb} every topic` };
    return;
  }
  for (const topic of wanted) {
    if (!given.has(topic)) yield { resource, problem: `${service} may not ${verb} ${topic}` };
  }
  for (const topic of given) {
    if (topic && !wanted.includes(topic))
      yield { resource, problem: `${service} may ${verb} ${topic}, which its entry does not list` };
  }
}

/** `<operation> <type> <name>` of everything that a KafkaUser is allowed. */
function granted(user: Resource): Set<string> {
  return new Set(
    listAt(user.manifest.spec, "authorization", "acls").flatMap((acl) => {
      const { type, name, patternType = "literal" } = fieldsAt(acl, "resource");
      const operations = [
        ...textsAt(acl, "operations"),
        ...(textAt(acl, "operation") ? [textAt(acl, "operation")] : []),
      ];
      const resource = patternType === "literal" ? String(name) : `${String(name)}*`;
      return acl.type === "deny" ? [] : operations.map((operation) => `${operation} ${String(type)} ${resource}`);
    }),
  );
}

const acls: Rule = {
  id: "kafka-acls",
  reason: "The broker is the last to say who may read and write a topic, dead letters of every subscriber included.",
  remedy: "Derive the KafkaUser's ACLs from the service's entry with aclsOf()",
  severity: "error",
  *check(rendering) {
    const { model, environment } = rendering;
    if (environment.kafka.kind !== "strimzi") return;
    const users = new Map(rendering.ofKind("KafkaUser").map((user) => [user.manifest.metadata.name, user]));
    for (const [name, writes] of writesOf(model)) {
      const reads = model.services[name]?.subscribes ?? [];
      if (writes.length + reads.length === 0) continue;
      const user = users.get(name);
      if (!user) {
        yield { origin: `services.${name}`, problem: `${name} has no KafkaUser` };
        continue;
      }
      const wanted = [
        ...writes.map((topic) => `Write topic ${topic}`),
        ...reads.map((topic) => `Read topic ${topic}`),
        ...(reads.length > 0 ? [`Read group ${consumerGroup(name)}`] : []),
      ];
      const allowed = granted(user);
      for (const grant of wanted) if (!allowed.has(grant)) yield { resource: user, problem: `it may not: ${grant}` };
      for (const grant of allowed) {
        if (!grant.startsWith("Describe") && !wanted.includes(grant)) {
          yield { resource: user, problem: `it may, and its entry does not list it: ${grant}` };
        }
      }
    }
  },
};

const protocolVersion: Rule = {
  id: "pubsub-protocol-version",
  reason: "Kafka 4 refuses the default of 2.0.0, and Event Hubs speaks nothing above 1.0.",
  remedy: "Set version to 1.0.0 for Event Hubs and 4.2.0 for every other Kafka",
  severity: "error",
  *check(rendering) {
    const wanted = rendering.environment.kafka.kind === "event-hubs" ? "1.0.0" : "4.2.0";
    for (const resource of rendering.ofKind("Component").filter(isPubsub)) {
      const version = metadataValue(resource, "version");
      if (version !== wanted) yield { resource, problem: `it speaks version ${version ?? "2.0.0, the default"}` };
    }
  },
};

const retention: Rule = {
  id: "event-hubs-retention",
  reason: "Event Hubs keeps events 7 days in the standard tier and 90 days in the others.",
  remedy: "Shorten the topic's retention or choose a higher tier",
  severity: "error",
  *check({ model, environment }) {
    if (environment.kafka.kind !== "event-hubs") return;
    const days = environment.kafka.tier === "standard" ? 7 : 90;
    for (const [topic, { retention: kept }] of Object.entries(model.topics)) {
      if (kept.milliseconds > days * 86_400_000) {
        yield {
          origin: `topics.${topic}`,
          problem: `${topic} asks for ${kept.milliseconds / 86_400_000} days, the ${environment.kafka.tier} tier keeps ${days}`,
        };
      }
    }
  },
};

export const topicRules: readonly Rule[] = [
  consumed,
  published,
  subscribed,
  pubsubScopes,
  acls,
  protocolVersion,
  retention,
];
