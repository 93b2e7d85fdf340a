/**
 * The bare chain's Dapr and Kafka documents: those of tasks and audit with other names, so that what is compared differs in
 * the services alone and not in mTLS, access control, retries, acknowledgements or partitions.
 */
import type { Manifest } from "#emit/document";
import type { KafkaTopicSpec, KafkaUserSpec } from "#imports/kafka.strimzi.io";
import type { RenderedDocuments } from "#local/dapr/documents";
import { components, consumerGroup } from "#model/names";
import { paths } from "#model/paths";
import { backApp, bareTopic, frontApp } from "./names.ts";

/** Whose documents are taken: who publishes and is called, who subscribes, and what goes between them. */
const MODEL = { publisher: "tasks", subscriber: "audit", caller: "gateway", topic: "task-events" } as const;

export const bareApps = (subscribers: number): string[] => [
  frontApp,
  ...Array.from({ length: subscribers }, (_, index) => backApp(index + 1)),
];

/** Topic and users, to be made beside the product's. */
export function withBareKafka(rendered: RenderedDocuments, subscribers: number): RenderedDocuments {
  const topic = named(rendered.kafkaTopics, "KafkaTopic", MODEL.topic);
  const users = bareApps(subscribers).map((app) => {
    const user = named(rendered.kafkaUsers, "KafkaUser", app === frontApp ? MODEL.publisher : MODEL.subscriber);
    return { ...renamed(user, app), spec: allowedBareTopic(user.spec as KafkaUserSpec, app) } as Manifest;
  });
  return {
    ...rendered,
    kafkaTopics: [...rendered.kafkaTopics, { ...renamed(topic, bareTopic), spec: topic.spec as KafkaTopicSpec }],
    kafkaUsers: [...rendered.kafkaUsers, ...users],
  };
}

/** As many rules as the model's user has: each costs the broker the same. */
function allowedBareTopic(spec: KafkaUserSpec, app: string): KafkaUserSpec {
  const acls = (spec.authorization?.acls ?? []).map((acl) => {
    const { type, name } = acl.resource;
    if (String(type) === "group") return { ...acl, resource: { ...acl.resource, name: consumerGroup(app) } };
    return name === MODEL.topic ? { ...acl, resource: { ...acl.resource, name: bareTopic } } : acl;
  });
  return { ...spec, authorization: { ...spec.authorization, acls } } as KafkaUserSpec;
}

/** Component, Subscriptions and Resiliency, for all bare sidecars. */
export function bareResources(rendered: RenderedDocuments, subscribers: number): Manifest[] {
  const apps = bareApps(subscribers);
  const backs = apps.filter((app) => app !== frontApp);
  const subscription = named(rendered.resources, "Subscription", `${MODEL.subscriber}-${MODEL.topic}`);
  const resiliency = named(rendered.resources, "Resiliency", MODEL.subscriber);
  const caller = named(rendered.resources, "Resiliency", MODEL.caller);
  return [
    pubsub(named(rendered.resources, "Component", components.pubsub), apps),
    ...backs.map((app) => ({
      ...renamed(subscription, app, [app]),
      spec: { ...(subscription.spec as object), topic: bareTopic, routes: { default: paths.events(bareTopic) } },
    })),
    renamed(resiliency, "bench-backs", backs),
    { ...renamed(caller, frontApp, [frontApp]), spec: callsBack(caller.spec as ResiliencySpec) },
  ];
}

interface ResiliencySpec {
  readonly policies: object;
  readonly targets: { readonly apps: Readonly<Record<string, object>>; readonly components: object };
}

const callsBack = ({ policies, targets }: ResiliencySpec): ResiliencySpec => ({
  policies,
  targets: { ...targets, apps: { [backApp(1)]: targets.apps[MODEL.publisher] ?? {} } },
});

interface ComponentSpec {
  readonly metadata: readonly { readonly name: string; readonly value?: string }[];
}

function pubsub(component: Manifest, apps: readonly string[]): Manifest {
  const scopesOf = (own: (app: string) => string): string => apps.map((app) => `${app}=${own(app)}`).join(";");
  const values: Readonly<Record<string, string>> = {
    allowedTopics: `${bareTopic},dead-letters`,
    protectedTopics: `${bareTopic},dead-letters`,
    publishingScopes: scopesOf((app) => (app === frontApp ? `${bareTopic},dead-letters` : "dead-letters")),
    subscriptionScopes: scopesOf((app) => (app === frontApp ? "" : bareTopic)),
  };
  const { metadata, ...spec } = component.spec as ComponentSpec;
  const changed = metadata.map((entry) => {
    const value = values[entry.name];
    return value === undefined ? entry : { ...entry, value };
  });
  return { ...renamed(component, component.metadata.name, apps), spec: { ...spec, metadata: changed } };
}

interface ConfigurationSpec {
  readonly accessControl: { readonly policies: readonly { readonly appId: string }[] };
}

/** Every bare app's: who may call tasks in the product may call it, the front among them. */
export function bareConfiguration({ configurations }: RenderedDocuments): Manifest {
  const model = named([...configurations.values()], "Configuration", MODEL.publisher);
  const { accessControl, ...spec } = model.spec as ConfigurationSpec;
  const policies = accessControl.policies.map((policy) =>
    policy.appId === MODEL.caller ? { ...policy, appId: frontApp } : policy,
  );
  return { ...renamed(model, "bench"), spec: { ...spec, accessControl: { ...accessControl, policies } } };
}

/** Annotations of the pod that a bare app stands in for. */
export const bareAnnotations = ({ annotations }: RenderedDocuments, app: string): Readonly<Record<string, string>> =>
  annotations.get(modelOf(app)) ?? {};

export const modelOf = (app: string): string => (app === frontApp ? MODEL.publisher : MODEL.subscriber);

const renamed = (manifest: Manifest, name: string, scopes?: readonly string[]): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, name },
  ...(scopes ? { scopes } : {}),
});

function named(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new TypeError(`no ${kind} "${name}" is rendered: the benchmark takes its settings from it`);
  return found;
}
