import { describe, expect, test } from "@jest/globals";
import { environments } from "#environments";
import { aclsOf } from "#model/acls";
import { todo } from "#system";
import { accessManifest, differsAcls } from "#topics/access";
import { compareStates, differenceText, type ObservedState } from "#topics/compare";
import { declaredState } from "#topics/declared";

const { staging } = environments;
const declared = declaredState(todo, staging);
const asDeclared: ObservedState = { topics: declared.topics, acls: declared.acls ?? [] };
const texts = (observed: ObservedState): string[] =>
  compareStates(declared, observed, differsAcls(todo)).map(differenceText);
const [first, ...others] = asDeclared.topics;
if (!first) throw new Error("the model has topics");

describe("what is declared", () => {
  test("is every topic with the environment's replicas, and every ACL of every service", () => {
    expect(declared.topics.map(({ name }) => name).sort()).toEqual(Object.keys(todo.topics).sort());
    expect(declared.topics.find(({ name }) => name === "task-updates")).toEqual({
      name: "task-updates",
      partitions: todo.topics["task-updates"].partitions,
      replicas: 3,
      config: { "cleanup.policy": "delete", "min.insync.replicas": "2", "retention.ms": "86400000" },
    });
    const audit = (declared.acls ?? []).filter(({ principal }) => principal === "User:CN=audit");
    expect(audit.map(({ resource, operation }) => `${operation} ${resource}`).sort()).toEqual(
      aclsOf(todo, "audit")
        .flatMap(({ resource, operations }) => operations.map((each) => `${each} ${resource.type} ${resource.name}`))
        .sort(),
    );
  });

  test("has no ACLs where the users are the provider's", () => {
    expect(declaredState(todo, environments["prod-aks"]).acls).toBeNull();
    expect(compareStates(declaredState(todo, environments["prod-aks"]), { ...asDeclared, acls: [] })).toEqual([]);
  });
});

describe("comparing it with Kafka", () => {
  test("finds nothing where all is as declared, in whatever order", () => {
    expect(texts({ topics: asDeclared.topics.toReversed(), acls: declared.acls?.toReversed() ?? [] })).toEqual([]);
  });

  test("names topics that are missing and that nobody declares", () => {
    expect(texts({ ...asDeclared, topics: [...others, { ...first, name: "old" }] })).toEqual([
      `topic ${first.name} is missing`,
      "topic old is not declared",
    ]);
  });

  test("names partitions, replicas and settings that differ, are missing, or were set by hand", () => {
    const { "retention.ms": _, ...config } = first.config;
    const changed = {
      ...first,
      partitions: 12,
      replicas: 1,
      config: { ...config, "min.insync.replicas": "1", "max.message.bytes": "5" },
    };
    expect(texts({ ...asDeclared, topics: [changed, ...others] })).toEqual([
      `topic ${first.name}: partitions is 12, declared ${first.partitions}`,
      `topic ${first.name}: replicas is 1, declared 3`,
      `topic ${first.name}: min.insync.replicas is 1, declared 2`,
      `topic ${first.name}: retention.ms is not set, declared ${first.config["retention.ms"]}`,
      `topic ${first.name}: max.message.bytes is 5, which nobody declares`,
    ]);
  });

  test("names ACLs that are missing and that nobody declares", () => {
    const acls = [
      ...(declared.acls ?? []).filter(
        ({ principal, resource }) => !(principal === "User:CN=audit" && resource === "group audit"),
      ),
      { principal: "User:CN=audit", resource: "topic task-events", operation: "Write" },
    ];
    expect(texts({ ...asDeclared, acls })).toEqual([
      "User:CN=audit: Read on group audit is missing",
      "User:CN=audit: Write on topic task-events is not declared",
    ]);
  });

  test("says that nothing is enforced, instead of every ACL that is missing", () => {
    expect(texts({ ...asDeclared, acls: "none" })).toEqual([
      "the brokers have no authorizer: nobody is refused anything",
    ]);
  });

  test("lets be who was let in to compare, and nobody else who was let in for a while", () => {
    const granted = accessManifest(todo, "diff") as {
      spec: { authorization: { acls: { resource: { type: string; name?: string }; operations: string[] }[] } };
    };
    const of = (user: string) =>
      granted.spec.authorization.acls.flatMap(({ resource, operations }) =>
        operations.map((operation) => ({
          principal: `User:CN=${user}`,
          resource: [resource.type, ...(resource.name ? [resource.name] : [])].join(" "),
          operation,
        })),
      );
    expect(texts({ ...asDeclared, acls: [...(declared.acls ?? []), ...of("topics-diff")] })).toEqual([]);
    expect(texts({ ...asDeclared, acls: [...(declared.acls ?? []), ...of("topics-replay")] })).not.toEqual([]);
  });
});
