import { environments } from "#environments";
import { eventHubs } from "#model/provider-services";
import { days } from "#model/quantities";
import { deadLetterTopicOf, type System } from "#model/system";
import { todo } from "#system";
import { copy, type Fault, faultsOf, remove, set } from "../support.ts";

const NOTES = "spec template metadata annotations";
const tasks = "Deployment tasks";

const withService = (name: keyof typeof todo.services, changes: object): { readonly model: System } => ({
  model: { ...todo, services: { ...todo.services, [name]: { ...todo.services[name], ...changes } } },
});

const annotations = faultsOf("dapr-annotations");
const identity = faultsOf("dapr-sidecar-identity");
const jobs = faultsOf("dapr-no-sidecar-in-jobs");
const checksum = faultsOf("dapr-policy-checksum");
const store = faultsOf("dapr-builtin-secret-store");
const variables = faultsOf("dapr-sidecar-variables");
const reload = faultsOf("dapr-hot-reload-off");
const access = faultsOf("dapr-access-closed");
const scopes = faultsOf("dapr-scopes");

export const daprFaults: readonly Fault[] = [
  annotations(
    "a misspelt annotation",
    set(tasks, `${NOTES} dapr.io/sidecar-memory-limits`, "1Gi"),
    /knows no annotation dapr\.io\/sidecar-memory-limits/,
  ),
  annotations(
    "an annotation that pods do not see",
    set(tasks, "metadata annotations dapr.io/enabled", "true"),
    /stands on the workload/,
  ),
  annotations(
    "one that checks do not follow",
    set(tasks, `${NOTES} dapr.io/unix-domain-socket-path`, "/tmp"),
    /cannot foresee/,
  ),
  identity("another app id", set(tasks, `${NOTES} dapr.io/app-id`, "chat"), /its app id is "chat"/),
  identity("a service without a sidecar", set(tasks, `${NOTES} dapr.io/enabled`, "false"), /ask for no sidecar/),
  identity("a port that nobody listens on", set(tasks, `${NOTES} dapr.io/app-port`, "80"), /app port 80/),
  jobs("a Job with a sidecar", set("Job tasks-migration", NOTES, { "dapr.io/enabled": "true" }), /ask for a sidecar/),
  checksum("no checksum", set(tasks, `${NOTES} todo.dev/dapr-policy-checksum`, undefined), /carry no/),
  store(
    "the built-in store without a token",
    set(tasks, `${NOTES} dapr.io/disable-builtin-k8s-secret-store`, undefined),
    /without a token/,
  ),
  variables(
    "a variable that daprd keeps",
    set(tasks, `${NOTES} dapr.io/env-from-secret`, "DAPR_KEY=a:b"),
    /DAPR_KEY is Dapr's own/,
  ),
  variables(
    "a secret without one key",
    set(tasks, `${NOTES} dapr.io/env-from-secret`, "KEY=a:b:c"),
    /KEY names no key of a secret: "a:b:c"/,
  ),
  reload("hot reload by default", set("Configuration tasks", "spec features", []), /hot reload is on/),
  reload("hot reload by choice", set("Configuration tasks", "spec features 0 enabled", true), /hot reload is on/),
  access("no mTLS", set("Configuration tasks", "spec mtls enabled", false), /mTLS is off/),
  access(
    "an app that anybody may invoke",
    set("Configuration tasks", "spec accessControl defaultAction", "allow"),
    /every app may invoke it/,
  ),
  access(
    "a caller that the model does not know",
    set("Configuration tasks", "spec accessControl policies 0 appId", "frontend"),
    /"frontend" may invoke it/,
  ),
  access(
    "a caller that may invoke all of it",
    set("Configuration tasks", "spec accessControl policies 0 defaultAction", "allow"),
    /may invoke all of it/,
  ),
  access("an open API", set("Configuration tasks", "spec api allowed", []), /all of Dapr's grpc API/),
  access(
    "an open secret store",
    set("Configuration tasks", "spec secrets scopes 0 defaultAccess", "allow"),
    /open by default/,
  ),
  scopes(
    "a component for everybody",
    set("Component statestore", "scopes", []),
    /Component\/statestore: every sidecar loads it/,
  ),
  scopes("a scope that is no service", set("Resiliency tasks", "scopes 0", "task"), /"task" is no service/),
];

const retry = faultsOf("resiliency-dead-letter-retry");
const inbound = faultsOf("resiliency-no-inbound-breaker");
const app = faultsOf("resiliency-no-app-breaker");
const streams = faultsOf("resiliency-streaming-timeout");
const repeat = faultsOf("resiliency-retry-idempotent");
const defined = faultsOf("resiliency-policies-defined");
const PUBSUB = "spec targets components pubsub-kafka-todo";

export const resiliencyFaults: readonly Fault[] = [
  retry(
    "no retry before the dead letters",
    set("Resiliency audit", `${PUBSUB} inbound`, undefined),
    /audit-chat-events: audit retries no delivery/,
  ),
  retry("no retries at all", set("Resiliency audit", "spec policies retries delivery maxRetries", 0), /not once/),
  retry("no Resiliency", remove("Resiliency audit"), /audit retries no delivery/),
  inbound(
    "a breaker of deliveries",
    set("Resiliency audit", `${PUBSUB} inbound circuitBreaker`, "component"),
    /inbound breaks circuits/,
  ),
  app(
    "a breaker of calls",
    set("Resiliency gateway", "spec targets apps tasks circuitBreaker", "component"),
    /apps\.tasks breaks circuits/,
  ),
  streams(
    "a timeout on a stream",
    set("Resiliency gateway", "spec targets apps chat timeout", "call"),
    /gateway to chat stream and end after call/,
  ),
  repeat(
    "a retry of what may not be repeated",
    set("Resiliency gateway", "spec targets apps chat retry", "idempotentCall"),
    /gateway to chat are retried/,
  ),
  repeat(
    "a retry on every failure",
    set("Resiliency gateway", "spec policies retries idempotentCall matching", undefined),
    /on every failure/,
  ),
  repeat(
    "Dapr's own retries",
    set("Resiliency gateway", "spec targets apps chat", undefined),
    /own retries repeat calls of gateway to chat/,
  ),
  defined(
    "a policy that is not there",
    set("Resiliency gateway", "spec policies timeouts", {}),
    /names "call", which is not among its timeouts/,
  ),
];

const consumed = faultsOf("topic-consumed");
const published = faultsOf("topic-published");
const subscription = faultsOf("subscription-complete");
const pubsub = faultsOf("pubsub-scopes");
const acls = faultsOf("kafka-acls");
const protocol = faultsOf("pubsub-protocol-version");
const retention = faultsOf("event-hubs-retention");
const replication = faultsOf("kafka-replication");
const topics = faultsOf("kafka-topics");
const listeners = faultsOf("kafka-listeners");
const component = "Component pubsub-kafka-todo";

/** Replaces a scope list of the pub/sub component, wherever it stands among the metadata. */
const scopeList = (name: string, change: (text: string) => string) =>
  copyOver(component, (manifest) => {
    const { metadata } = manifest.spec as { metadata: { name: string; value?: string }[] };
    const entry = metadata.find((each) => each.name === name);
    if (!entry?.value) throw new Error(`${component} has no ${name}`);
    const changed = change(entry.value);
    if (changed === entry.value) throw new Error(`${name} did not change: ${entry.value}`);
    entry.value = changed;
  });

const copyOver = (what: string, change: Parameters<typeof copy>[2]) => {
  const [, name = ""] = what.split(" ");
  return (resources: Parameters<ReturnType<typeof copy>>[0]) => remove(what)(copy(what, name, change)(resources));
};

const [deadLetters] = deadLetterTopicOf(todo);
const chatEvents = { ...todo.topics["chat-events"] };

export const topicFaults: readonly Fault[] = [
  consumed("a topic that nobody reads", [], /chat-events is published and nobody subscribes/, {
    around: {
      model: {
        ...todo,
        services: {
          ...todo.services,
          audit: { ...todo.services.audit, subscribes: ["task-events"] },
          realtime: { ...todo.services.realtime, subscribes: ["task-updates"] },
        },
      },
    },
  }),
  published("a topic that nobody writes", [], /nobody publishes chat-events/, {
    around: withService("chat", { publishes: [] }),
  }),
  subscription("no default route", set("Subscription audit-reminders", "spec routes", {}), /has no default route/),
  subscription(
    "no dead letter topic",
    set("Subscription audit-reminders", "spec deadLetterTopic", undefined),
    /dead letters go to nowhere/,
  ),
  subscription(
    "a subscription that is missing",
    remove("Subscription audit-reminders"),
    /no Subscription delivers reminders to audit/,
  ),
  subscription(
    "one that nobody asked for",
    set("Subscription audit-reminders", "spec topic", "task-updates"),
    /delivers "task-updates" to audit, which did not ask/,
  ),
  pubsub(
    "a subscriber that may not write dead letters",
    scopeList("publishingScopes", (text) => text.replace(`audit=${deadLetters}`, "audit=")),
    /audit may not publish dead-letters/,
  ),
  pubsub(
    "a service that may publish more",
    scopeList("publishingScopes", (text) => text.replace("chat=", "chat=reminders,")),
    /chat may publish reminders, which its entry/,
  ),
  pubsub(
    "a service without a scope",
    scopeList("publishingScopes", (text) => text.replace(/;?recurring=[^;]*/, "")),
    /recurring may publish every topic/,
  ),
  pubsub(
    "a topic it may not read",
    scopeList("subscriptionScopes", (text) => text.replace("recurring=task-events", "recurring=")),
    /recurring may not subscribe to task-events/,
  ),
  pubsub(
    "an unprotected topic",
    scopeList("protectedTopics", (text) => text.replace("reminders,", "")),
    /reminders is not among the protectedTopics/,
  ),
  acls(
    "a subscriber that may not write dead letters",
    set("KafkaUser audit", "spec authorization acls", []),
    /KafkaUser\/audit: it may not: Write topic dead-letters/,
  ),
  acls("a group it may not join", set("KafkaUser audit", "spec authorization acls", []), /may not: Read group audit/),
  acls(
    "a right that its entry does not list",
    set("KafkaUser recurring", "spec authorization acls 0", {
      type: "allow",
      resource: { type: "topic", name: "chat-", patternType: "prefix" },
      operations: ["Read"],
    }),
    /may, and its entry does not list it: Read topic chat-\*/,
  ),
  acls("a service without a user", remove("KafkaUser audit"), /audit has no KafkaUser/),
  protocol(
    "a protocol that Event Hubs does not speak",
    copyOver(component, (manifest) => {
      const { metadata } = manifest.spec as { metadata: { name: string; value?: string }[] };
      for (const entry of metadata) if (entry.name === "version") entry.value = "4.2.0";
    }),
    /speaks version 4\.2\.0/,
    { in: "prod-aks" },
  ),
  retention("events kept longer than the tier does", [], /user-events asks for 30 days, the standard tier keeps 7/, {
    in: "prod-aks",
    around: {
      environment: { ...environments["prod-aks"], kafka: eventHubs({ namespace: "todo", tier: "standard" }) },
    },
  }),
  retention("events kept longer than any tier does", [], /chat-events asks for 91 days/, {
    in: "prod-aks",
    around: { model: { ...todo, topics: { ...todo.topics, "chat-events": { ...chatEvents, retention: days(91) } } } },
  }),
  replication("more replicas than brokers", set("KafkaTopic reminders", "spec replicas", 4), /4 replicas on 3 brokers/),
  replication("one replica of three", set("KafkaTopic reminders", "spec replicas", 1), /only 1 of 3 brokers/),
  replication(
    "all replicas in sync",
    set("KafkaTopic reminders", "spec config min.insync.replicas", 3),
    /3 of 3 replicas have to be in sync/,
  ),
  replication(
    "a default that needs no copy",
    set("Kafka todo-kafka", "spec kafka config min.insync.replicas", 1),
    /Kafka\/todo-kafka: 1 of 3 replicas/,
  ),
  topics("a topic that nobody makes", remove("KafkaTopic reminders"), /no KafkaTopic makes reminders/),
  topics("other partitions", set("KafkaTopic reminders", "spec partitions", 12), /12 partitions instead of 6/),
  topics("a shorter retention", set("KafkaTopic reminders", "spec config retention.ms", 1000), /keeps events 1000 ms/),
  listeners(
    "a plain listener",
    set("Kafka todo-kafka", "spec kafka listeners 0 tls", false),
    /listener tls is not encrypted/,
  ),
  listeners(
    "a listener for anybody",
    set("Kafka todo-kafka", "spec kafka listeners 0 authentication", undefined),
    /asks nobody/,
  ),
  listeners(
    "a listener open to every pod",
    set("Kafka todo-kafka", "spec kafka listeners 0 networkPolicyPeers", undefined),
    /open to every pod/,
  ),
  listeners("no authorization", set("Kafka todo-kafka", "spec kafka authorization", undefined), /ACLs have no effect/),
  listeners(
    "topics that make themselves",
    set("Kafka todo-kafka", "spec kafka config auto.create.topics.enable", true),
    /misspelt topic/,
  ),
];
