/** Kafka as its brokers describe it. */
import kafkajs, { type Admin } from "kafkajs";
import { UserError } from "#model/user-error";
import type { ObservedState } from "./compare.ts";
import type { KafkaAccess } from "./connection.ts";
import type { AclState, TopicState } from "./declared.ts";
import { kafkaErrorType, needing } from "./failures.ts";

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ConfigResourceTypes, ResourcePatternTypes } = kafkajs;

/** A topic of Kafka's own, such as `__consumer_offsets`. */
const isInternal = (name: string): boolean => name.startsWith("__");

/** @param wanted topics that are declared: where one is not visible, it is asked for by name */
export async function observedState(
  { admin, principal }: KafkaAccess,
  wanted: readonly string[],
  withAcls: boolean,
): Promise<ObservedState> {
  const visible = (await admin.listTopics()).filter((name) => !isInternal(name));
  for (const name of wanted) if (!visible.includes(name)) await exists(admin, principal, name);
  return {
    topics: visible.length > 0 ? await describe(admin, principal, visible) : [],
    acls: withAcls ? await readAcls(admin, principal) : "unread",
  };
}

/** A topic that may not be described is not listed, as if there were none. @throws UserError where that is so */
async function exists(admin: Admin, principal: string, topic: string): Promise<boolean> {
  const acl = { resource: { type: "topic", name: topic }, operation: "Describe" } as const;
  try {
    await needing(principal, acl, () => admin.fetchTopicMetadata({ topics: [topic] }));
    return true;
  } catch (error) {
    if (kafkaErrorType(error) === "UNKNOWN_TOPIC_OR_PARTITION") return false;
    throw error;
  }
}

/** @throws UserError when the broker has no such topic */
export async function assertTopic(admin: Admin, principal: string, topic: string): Promise<void> {
  if (await exists(admin, principal, topic)) return;
  throw new UserError(
    `Kafka has no topic ${topic}`,
    "Sync the Application `topics`; `npm run topics -- diff` says more",
  );
}

async function describe(admin: Admin, principal: string, names: readonly string[]): Promise<TopicState[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
  const configs = new Map<string, Record<string, string>>();
  for (const name of names) configs.set(name, await readConfig(admin, principal, name));
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.length,
    replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    config: configs.get(name) ?? {},
  }));
}

/** Only what was set for this topic: the rest are the brokers' own settings. */
async function readConfig(admin: Admin, principal: string, name: string): Promise<Record<string, string>> {
  const acl = { resource: { type: "topic", name }, operation: "DescribeConfigs" } as const;
  const { resources } = await needing(principal, acl, () =>
    admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name }] }),
  );
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  return Object.fromEntries(
    entries
      .filter(({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG)
      .map(({ configName, configValue }) => [configName, configValue]),
  );
}

async function readAcls(admin: Admin, principal: string): Promise<readonly AclState[] | "none"> {
  try {
    const { resources } = await needing(principal, { resource: { type: "cluster" }, operation: "Describe" }, () =>
      admin.describeAcls({
        resourceType: AclResourceTypes.ANY,
        resourcePatternType: ResourcePatternTypes.ANY,
        operation: AclOperationTypes.ANY,
        permissionType: AclPermissionTypes.ANY,
      } as Parameters<Admin["describeAcls"]>[0]),
    );
    return resources.flatMap(({ resourceType, resourceName, resourcePatternType, acls }) =>
      acls.map(({ principal: who, host, operation, permissionType }) => ({
        principal: who,
        resource: [
          ...(resourcePatternType === ResourcePatternTypes.PREFIXED ? ["prefix of"] : []),
          nameIn(AclResourceTypes, resourceType).toLowerCase(),
          ...(resourceType === AclResourceTypes.CLUSTER ? [] : [resourceName]),
          ...(host === "*" ? [] : [`from ${host}`]),
        ].join(" "),
        operation: `${permissionType === AclPermissionTypes.DENY ? "denial of " : ""}${operationName(operation)}`,
      })),
    );
  } catch (error) {
    const type = kafkaErrorType(error);
    if (type === "SECURITY_DISABLED") return "none";
    if (error instanceof UserError)
      throw new UserError(error.message, `${error.remedy}; or leave ACLs out: --topics-only`);
    throw error;
  }
}

/** As KafkaUsers spell it: `DescribeConfigs` for `DESCRIBE_CONFIGS`. */
const operationName = (operation: number): string =>
  nameIn(AclOperationTypes, operation)
    .split("_")
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join("");

const nameIn = (names: object, value: number): string =>
  Object.entries(names).find(([, each]) => each === value)?.[0] ?? String(value);
