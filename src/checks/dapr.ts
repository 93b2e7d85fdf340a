/** Dapr's documents as rules read them. */
import { at, fieldsAt, listAt, textAt, textsAt } from "./read.ts";
import type { Rendering, Resource } from "./rule.ts";

/** Names of the services that load a document; all of them where it names none. */
export const scopesOf = ({ manifest }: Resource): readonly string[] => textsAt(manifest, "scopes");

const appliesTo = (resource: Resource, service: string): boolean => {
  const scopes = scopesOf(resource);
  return scopes.length === 0 || scopes.includes(service);
};

/** Resiliency documents that the sidecar of a service reads. */
export const resilienciesOf = (rendering: Rendering, service: string): readonly Resource[] =>
  rendering.ofKind("Resiliency").filter((resource) => appliesTo(resource, service));

/** Value of a component's metadata entry; absent where it comes from a secret or variable. */
export const metadataValue = (component: Resource, name: string): string | undefined =>
  textAt(
    listAt(component.manifest.spec, "metadata").find((entry) => entry.name === name),
    "value",
  );

export const isPubsub = ({ manifest }: Resource): boolean =>
  textAt(manifest.spec, "type")?.startsWith("pubsub.") === true;

/** `app=topic,topic;app=topic` as Dapr reads it. */
export function topicScopes(text: string | undefined): ReadonlyMap<string, ReadonlySet<string>> {
  const entries = (text ?? "")
    .split(";")
    .map((entry) => entry.split("="))
    .filter(([app]) => app)
    .map(([app = "", topics = ""]) => [app.trim(), new Set(topics.split(",").map((topic) => topic.trim()))] as const);
  return new Map(entries);
}

export interface DeadLettering {
  readonly subscription: Resource;
  readonly service: string;
  readonly pubsub: string;
  readonly topic: string;
  readonly deadLetterTopic: string | undefined;
}

/** Each Subscription, for each service that it is for. */
export const subscriptionsOf = (rendering: Rendering): DeadLettering[] =>
  rendering.ofKind("Subscription").flatMap((subscription) =>
    scopesOf(subscription).map((service) => ({
      subscription,
      service,
      pubsub: textAt(subscription.manifest.spec, "pubsubname") ?? "",
      topic: textAt(subscription.manifest.spec, "topic") ?? "",
      deadLetterTopic: textAt(subscription.manifest.spec, "deadLetterTopic"),
    })),
  );

/** Parts of `targets` in a Resiliency that name policies, with where they stand. */
export interface PolicyUse {
  readonly where: string;
  readonly of: "timeouts" | "retries" | "circuitBreakers";
  readonly name: string;
}

const KEYS = { timeout: "timeouts", retry: "retries", circuitBreaker: "circuitBreakers" } as const;

const usesIn = (where: string, target: unknown): PolicyUse[] =>
  Object.entries(KEYS).flatMap(([key, of]) => {
    const name = at(target, key);
    return typeof name === "string" ? [{ where, of, name }] : [];
  });

export function policyUses({ manifest }: Resource): PolicyUse[] {
  const { apps = {}, actors = {}, components = {} } = fieldsAt(manifest.spec, "targets");
  return [
    ...Object.entries(apps ?? {}).flatMap(([name, target]) => usesIn(`apps.${name}`, target)),
    ...Object.entries(actors ?? {}).flatMap(([name, target]) => usesIn(`actors.${name}`, target)),
    ...Object.entries(components ?? {}).flatMap(([name, target]) =>
      ["inbound", "outbound"].flatMap((way) => usesIn(`components.${name}.${way}`, at(target, way))),
    ),
  ];
}
