/** A Kafka identity for a person, for as long as a verb of this tool is needed: nobody keeps such rights. */
import { type Acl, debuggerAcls, lagReaderAcls } from "#model/acls";
import { kafkaCluster, namespaces } from "#model/names";
import { deadLetterTopicOf, eventTopics, type System } from "#model/system";
import { READER_GROUP } from "./read-ranges.ts";

export const verbs = ["diff", "lag", "replay"] as const;
export type Verb = (typeof verbs)[number];

/** Name of the KafkaUser of a verb, and of the Secret that Strimzi makes for it. */
export const accessName = (verb: Verb): string => `topics-${verb}`;

export function accessAcls(model: System, verb: Verb): Acl[] {
  if (verb === "lag") return lagReaderAcls(model);
  if (verb === "diff") return debuggerAcls(model).map((acl) => ({ ...acl, operations: describing(acl) }));
  const [deadLetters] = deadLetterTopicOf(model);
  const topic = (name: string, ...operations: Acl["operations"]): Acl => ({
    resource: { type: "topic", name },
    operations,
  });
  return [
    ...eventTopics(model).map(([name]) => topic(name, "Describe", "Read", "Write")),
    topic(deadLetters, "Describe", "Read"),
    { resource: { type: "group", name: READER_GROUP }, operations: ["Read"] },
  ];
}

const describing = ({ operations }: Acl): Acl["operations"] => operations.filter((each) => each !== "Read");

/** A KafkaUser as `kubectl apply` takes it. It is no part of any Application, so Argo CD leaves it alone. */
export const accessManifest = (model: System, verb: Verb): object => ({
  apiVersion: "kafka.strimzi.io/v1",
  kind: "KafkaUser",
  metadata: {
    name: accessName(verb),
    namespace: namespaces.infra,
    labels: { "strimzi.io/cluster": kafkaCluster },
  },
  spec: {
    // Strimzi counts in days; the user is deleted when the work is done.
    authentication: { type: "tls" },
    authorization: {
      type: "simple",
      acls: [
        ...accessAcls(model, verb).map(({ resource, operations }) => ({
          type: "allow",
          resource: { ...resource, patternType: "literal" },
          operations,
          host: "*",
        })),
        // Only who may describe the cluster is told the ACLs.
        ...(verb === "diff"
          ? [{ type: "allow", resource: { type: "cluster" }, operations: ["Describe"], host: "*" }]
          : []),
      ],
    },
  },
});
