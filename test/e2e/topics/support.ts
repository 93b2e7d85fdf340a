import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import kafkajs, { type Admin } from "kafkajs";
import { environments } from "#environments";
import { todo } from "#system";
import { type AclState, declaredState, type TopicState } from "#topics/declared";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: { topics: string } };

export const declared = declaredState(todo, environments.dev);

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const [, ...command] = scripts.topics.split(" ");

/** Runs `npm run topics` as a person does, without npm around it. */
export async function topics(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [...command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("close", resolve)),
  ]);
  return { code, out, err };
}

export async function createTopics(admin: Admin, wanted: readonly TopicState[]): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: wanted.map(({ name, partitions, replicas, config }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor: replicas,
      configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
    })),
  });
}

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const operations: Readonly<Record<string, number>> = {
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
};
const resources: Readonly<Record<string, number>> = {
  topic: AclResourceTypes.TOPIC,
  group: AclResourceTypes.GROUP,
  cluster: AclResourceTypes.CLUSTER,
};

export const aclEntry = ({ principal, resource, operation }: AclState) => {
  const [type = "", name = "kafka-cluster"] = resource.split(" ");
  return {
    resourceType: resources[type] ?? 0,
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal,
    host: "*",
    operation: operations[operation] ?? 0,
    permissionType: AclPermissionTypes.ALLOW,
  };
};
