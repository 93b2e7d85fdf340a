/** What the model wants of Kafka, read from the very resources that the charts render. */
import { App } from "cdk8s";
import { KafkaUsersChart } from "#charts/kafka-users";
import { TopicsChart } from "#charts/topics";
import type { ApplicationChart } from "#constructs/application-chart";
import type { KafkaTopicSpec, KafkaUserSpec } from "#imports/kafka.strimzi.io";
import type { Environment } from "#model/environment";
import type { System } from "#model/system";

export interface TopicState {
  readonly name: string;
  readonly partitions: number;
  readonly replicas: number;
  /** By Kafka's name of the setting, each as Kafka prints it. */
  readonly config: Readonly<Record<string, string>>;
}

/** One operation that one principal may do. */
export interface AclState {
  /** As Kafka prints it, e.g. `User:CN=tasks`. */
  readonly principal: string;
  /** e.g. `topic task-events`, `group audit`, `cluster`. */
  readonly resource: string;
  readonly operation: string;
}

export interface KafkaState {
  readonly topics: readonly TopicState[];
  /** `null`: the users are the provider's, and their names are not ours to know. */
  readonly acls: readonly AclState[] | null;
}

/** The principal of a KafkaUser that proves itself by a certificate. */
export const principalOf = (user: string): string => `User:CN=${user}`;

export function declaredState(model: System, environment: Environment): KafkaState {
  const context = { model, environment, images: {} };
  const topics = specsOf<KafkaTopicSpec>(new TopicsChart(new App(), context));
  // Where Kafka is managed no KafkaUser is rendered.
  const users = environment.kafka.kind === "strimzi" ? new KafkaUsersChart(new App(), context) : undefined;
  return {
    topics: topics.map(([name, { partitions = 0, replicas = 0, config = {} }]) => ({
      name,
      partitions,
      replicas,
      config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)])),
    })),
    acls: users ? specsOf<KafkaUserSpec>(users).flatMap(([name, spec]) => aclsOfUser(name, spec)) : null,
  };
}

function specsOf<Spec>(chart: ApplicationChart): [name: string, spec: Spec][] {
  const manifests = chart.toJson() as { metadata: { name: string }; spec: Spec }[];
  return manifests.map(({ metadata, spec }) => [metadata.name, spec]);
}

const aclsOfUser = (user: string, { authorization }: KafkaUserSpec): AclState[] =>
  (authorization?.acls ?? []).flatMap(({ resource, operations = [] }) =>
    operations.map((operation) => ({
      principal: principalOf(user),
      resource: `${resource.type} ${resource.name}`,
      operation,
    })),
  );
