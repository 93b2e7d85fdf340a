/** A Kafka identity for a person, for as long as a verb of this tool is needed: nobody keeps such rights. */
import { kafkaClusterLabel } from "#constructs/labels";
import { type Acl, lagReaderAcls } from "#model/acls";
import { namespaces } from "#model/names";
import { deadLetterTopicOf, eventTopics, type System } from "#model/system";
import { type AclState, principalOf } from "./declared.ts";
import { READER_GROUP } from "./read-ranges.ts";

export const verbs = ["diff", "lag", "replay"] as const;
export type Verb = (typeof verbs)[number];

/** Name of the KafkaUser of a verb, and of the Secret that Strimzi makes for it. */
export const accessName = (verb: Verb): string => `topics-${verb}`;

interface ClusterAcl {
  readonly resource: { readonly type: "cluster" };
  readonly operations: readonly ["Describe"];
}

export function accessAcls(model: System, verb: Verb): (Acl | ClusterAcl)[] {
  if (verb === "lag") return lagReaderAcls(model);
  const [deadLetters] = deadLetterTopicOf(model);
  const topic = (name: string, ...operations: Acl["operations"]): Acl => ({
    resource: { type: "topic", name },
    operations,
  });
  if (verb === "diff") {
    return [
      // What may not be described is not listed: of a topic that nobody declared one would hear nothing.
      topic("*", "Describe", "DescribeConfigs"),
      // Only who may describe the cluster is told the ACLs.
      { resource: { type: "cluster" }, operations: ["Describe"] },
    ];
  }
  return [
    ...eventTopics(model).map(([name]) => topic(name, "Describe", "Read", "Write")),
    topic(deadLetters, "Describe", "Read"),
    { resource: { type: "group", name: READER_GROUP }, operations: ["Read"] },
  ];
}

/** What `diff` sees of whoever was let in to run it. */
export const differsAcls = (model: System): AclState[] =>
  accessAcls(model, "diff").flatMap(({ resource, operations }) =>
    operations.map((operation) => ({
      principal: principalOf(accessName("diff")),
      resource: resource.type === "cluster" ? "cluster" : `${resource.type} ${resource.name}`,
      operation,
    })),
  );

/** A KafkaUser as `kubectl apply` takes it. It is no part of any Application, so Argo CD leaves it alone. */
export const accessManifest = (model: System, verb: Verb): object => ({
  apiVersion: "kafka.strimzi.io/v1",
  kind: "KafkaUser",
  metadata: { name: accessName(verb), namespace: namespaces.infra, labels: kafkaClusterLabel() },
  spec: {
    authentication: { type: "tls" },
    authorization: {
      type: "simple",
      acls: accessAcls(model, verb).map(({ resource, operations }) => ({
        type: "allow",
        resource: resource.type === "cluster" ? resource : { ...resource, patternType: "literal" },
        operations,
        host: "*",
      })),
    },
  },
});
