import { assertNoProblems } from "./errors.ts";
import { secretNames } from "./names.ts";
import type { OutsideHost, Secret, Store } from "./resource.ts";
import type { AnyService } from "./service.ts";
import type { DeadLetterTopic, Topic } from "./topic.ts";
import { validateSystem } from "./validate-system.ts";

type Named<V> = Readonly<Record<string, V>>;

/** The whole product: what there is, who uses what, who talks to whom. */
export interface SystemDefinition {
  /** Short name; prefixes what must be unique in a cluster. */
  readonly name: string;
  readonly topics: Named<Topic | DeadLetterTopic>;
  readonly stores: Named<Store>;
  readonly secrets: Named<Secret>;
  readonly outside: Named<OutsideHost>;
  readonly services: Named<AnyService>;
}

/** A system as code that works for any system sees it. */
export type System = SystemDefinition;

type TopicName<D extends SystemDefinition> = {
  [T in keyof D["topics"]]: D["topics"][T] extends Topic ? T : never;
}[keyof D["topics"]];

/** Consumers only react to events: nobody may invoke one. */
type CallableName<D extends SystemDefinition, Caller> = {
  [S in keyof D["services"]]: S extends Caller ? never : D["services"][S]["role"] extends "consumer" ? never : S;
}[keyof D["services"]];

/** Names of `Used` that are not among `Declared`, as a type that says so where the mistake stands. */
type Undeclared<Used, Declared, What extends string> = [Exclude<Used, Declared>] extends [never]
  ? unknown
  : `${What} "${Exclude<Used, Declared> & string}" is not declared`;

type OtherPorts<D extends SystemDefinition, Name extends keyof D["services"]> = D["services"][Exclude<
  keyof D["services"],
  Name
>]["port"];

/** What the type system can say of each service: references are declared, ports are its own. */
type Checked<D extends SystemDefinition> = {
  readonly [N in keyof D["services"]]: {
    readonly publishes: Undeclared<D["services"][N]["publishes"][number], TopicName<D>, "topic">;
    readonly subscribes: Undeclared<D["services"][N]["subscribes"][number], TopicName<D>, "topic">;
    readonly invokes: Undeclared<keyof D["services"][N]["invokes"], CallableName<D, N>, "callable service">;
    readonly stores: Undeclared<D["services"][N]["stores"][number], keyof D["stores"], "store">;
    readonly secrets: Undeclared<D["services"][N]["secrets"][number], keyof D["secrets"], "secret">;
    readonly egress: Undeclared<D["services"][N]["egress"][number], keyof D["outside"], "outside host">;
    readonly port: D["services"][N]["port"] extends OtherPorts<D, N> ? "another service has this port" : unknown;
  };
};

/**
 * Declares the product. Unknown names and shared ports do not compile; what types cannot say is validated here.
 * @throws ModelError listing everything that is wrong, with the entry's name and the remedy
 */
export function system<const D extends SystemDefinition>(definition: D & { readonly services: Checked<D> }): D {
  assertNoProblems(validateSystem(definition));
  return Object.freeze(definition);
}

/** Names of the services of a system. */
export type ServiceName<D extends SystemDefinition> = keyof D["services"] & string;

/** Topics that carry events of a contract, in order of declaration; the dead letter topic is not among them. */
export const eventTopics = (model: System): (readonly [string, Topic])[] =>
  Object.entries(model.topics).filter((entry): entry is [string, Topic] => entry[1].kind === "topic");

/** Name and declaration of the one dead letter topic. */
export function deadLetterTopicOf(model: System): readonly [string, DeadLetterTopic] {
  const found = Object.entries(model.topics).find(
    (entry): entry is [string, DeadLetterTopic] => entry[1].kind === "dead-letter-topic",
  );
  if (!found) throw new TypeError("the system declares no dead letter topic");
  return found;
}

/** Services that invoke `callee`, with how. */
export const callersOf = (model: System, callee: string): (readonly [string, AnyService])[] =>
  Object.entries(model.services).filter(([, service]) => callee in service.invokes);

export const publishersOf = (model: System, topic: string): string[] =>
  Object.entries(model.services)
    .filter(([, s]) => s.publishes.includes(topic))
    .map(([name]) => name);

export const subscribersOf = (model: System, topic: string): string[] =>
  Object.entries(model.services)
    .filter(([, s]) => s.subscribes.includes(topic))
    .map(([name]) => name);

export const usesPostgres = (model: System, service: AnyService): boolean =>
  service.stores.some((store) => model.stores[store]?.kind === "postgresql");

export const usesState = (model: System, service: AnyService): boolean =>
  service.stores.some((store) => model.stores[store]?.kind === "dapr-state");

/** Consumers without callers and routes work on their topics alone: more replicas than partitions would idle. */
export const isPureConsumer = (model: System, name: string, service: AnyService): boolean =>
  service.subscribes.length > 0 && Object.keys(service.routes).length === 0 && callersOf(model, name).length === 0;

/** Secrets that a service reads through its sidecar: its connection strings and what it declares. */
export const readableSecrets = (model: System, name: string, service: AnyService): string[] => [
  ...(usesPostgres(model, service) ? [secretNames.database(name)] : []),
  ...service.secrets,
];
