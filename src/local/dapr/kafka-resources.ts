/** What Strimzi makes of KafkaTopics and KafkaUsers, as requests of Kafka's own administration. */
import kafkajs, { type AclEntry, type ITopicConfig } from "kafkajs";
import type { Manifest } from "#emit/document";
import type { KafkaTopicSpec, KafkaUserSpec } from "#imports/kafka.strimzi.io";
import { principalOf } from "#topics/declared";
import { LocalError } from "../local-error.ts";

/** With that many brokers every environment keeps each record three times and confirms it twice. */
const BROKERS_FOR_COPIES = 3;

/** Partitions and settings as rendered; copies as many as where there are three brokers, since `dev` is rendered for one. */
export function topicOf({ metadata, spec }: Manifest, brokers: number): ITopicConfig {
  const { partitions = 1, replicas = 1, config = {} } = spec as KafkaTopicSpec;
  const copied = brokers >= BROKERS_FOR_COPIES;
  const settings = { ...config, ...(copied ? { "min.insync.replicas": 2 } : {}) };
  return {
    topic: metadata.name,
    numPartitions: partitions,
    replicationFactor: copied ? Math.max(replicas, BROKERS_FOR_COPIES) : replicas,
    configEntries: Object.entries(settings).map(([name, value]) => ({ name, value: String(value) })),
  };
}

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const OPERATIONS: Readonly<Record<string, number>> = {
  All: AclOperationTypes.ALL,
  Alter: AclOperationTypes.ALTER,
  AlterConfigs: AclOperationTypes.ALTER_CONFIGS,
  Create: AclOperationTypes.CREATE,
  Delete: AclOperationTypes.DELETE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
  IdempotentWrite: AclOperationTypes.IDEMPOTENT_WRITE,
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
};

const RESOURCES: Readonly<Record<string, number>> = {
  cluster: AclResourceTypes.CLUSTER,
  group: AclResourceTypes.GROUP,
  topic: AclResourceTypes.TOPIC,
  transactionalId: AclResourceTypes.TRANSACTIONAL_ID,
};

/** One entry an operation. */
export function aclsOf({ metadata, spec }: Manifest): AclEntry[] {
  const { authorization } = spec as KafkaUserSpec;
  return (authorization?.acls ?? []).flatMap(({ resource, operations = [], host, type }) => {
    const { type: kind, name = "kafka-cluster", patternType } = resource;
    return operations.map((operation) => ({
      resourceType: known(RESOURCES, kind),
      resourceName: name,
      resourcePatternType: patternType === "prefix" ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
      principal: principalOf(metadata.name),
      host: host ?? "*",
      operation: known(OPERATIONS, operation),
      permissionType: type === "deny" ? AclPermissionTypes.DENY : AclPermissionTypes.ALLOW,
    }));
  });
}

function known(numbers: Readonly<Record<string, number>>, name: string): number {
  const found = numbers[name];
  if (found === undefined)
    throw new LocalError(`an ACL names "${name}", which this machine's Kafka is not told how to do`);
  return found;
}
