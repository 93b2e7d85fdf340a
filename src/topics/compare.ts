/** Declared against observed, as a list of what is different. */
import type { AclState, KafkaState, TopicState } from "./declared.ts";

export interface Difference {
  readonly kind: "topic" | "acl" | "authorizer";
  /** What is missing at the broker, there without being declared, or not as declared. */
  readonly state: "missing" | "extra" | "changed";
  /** e.g. `topic task-events` or `User:CN=audit`. */
  readonly subject: string;
  /** e.g. `partitions`, `retention.ms`, `Read on topic task-events`; absent for a whole topic. */
  readonly what?: string;
  readonly declared?: string;
  readonly observed?: string;
}

/** Kafka as it is. */
export interface ObservedState {
  readonly topics: readonly TopicState[];
  /** `none`: the brokers enforce no ACLs. `unread`: they were not asked. */
  readonly acls: readonly AclState[] | "none" | "unread";
}

/** @param tolerated ACLs that may be there without being declared */
export function compareStates(
  declared: KafkaState,
  observed: ObservedState,
  tolerated: readonly AclState[] = [],
): Difference[] {
  return [
    ...compareTopics(declared.topics, observed.topics),
    ...compareAcls(declared.acls, observed.acls, new Set(tolerated.map(aclKey))),
  ];
}

function compareTopics(declared: readonly TopicState[], observed: readonly TopicState[]): Difference[] {
  const known = new Map(observed.map((each) => [each.name, each]));
  const wanted = new Set(declared.map(({ name }) => name));
  return [
    ...declared.flatMap((topic) => {
      const found = known.get(topic.name);
      return found ? compareTopic(topic, found) : [difference("missing", topic.name)];
    }),
    ...observed.filter(({ name }) => !wanted.has(name)).map(({ name }) => difference("extra", name)),
  ];
}

const difference = (state: "missing" | "extra", name: string): Difference => ({
  kind: "topic",
  state,
  subject: `topic ${name}`,
});

function compareTopic(declared: TopicState, observed: TopicState): Difference[] {
  const values = ({ partitions, replicas, config }: TopicState): Record<string, string> => ({
    partitions: String(partitions),
    replicas: String(replicas),
    ...config,
  });
  const wanted = values(declared);
  const found = values(observed);
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .filter((what) => wanted[what] !== found[what])
    .map((what) => ({
      kind: "topic",
      state: wanted[what] === undefined ? "extra" : found[what] === undefined ? "missing" : "changed",
      subject: `topic ${declared.name}`,
      what,
      ...(wanted[what] === undefined ? {} : { declared: wanted[what] }),
      ...(found[what] === undefined ? {} : { observed: found[what] }),
    }));
}

const aclKey = ({ principal, resource, operation }: AclState): string => `${principal}\n${resource}\n${operation}`;

function compareAcls(
  declared: KafkaState["acls"],
  observed: ObservedState["acls"],
  tolerated: ReadonlySet<string>,
): Difference[] {
  if (declared === null || observed === "unread") return [];
  if (observed === "none") return [{ kind: "authorizer", state: "missing", subject: "authorizer of the brokers" }];
  const wanted = new Map(declared.map((acl) => [aclKey(acl), acl]));
  const found = new Map(observed.map((acl) => [aclKey(acl), acl]));
  const extra = new Map([...found].filter(([key]) => !tolerated.has(key)));
  const only = (
    state: "missing" | "extra",
    of: ReadonlyMap<string, AclState>,
    without: ReadonlyMap<string, AclState>,
  ) =>
    [...of]
      .filter(([key]) => !without.has(key))
      .map(
        ([, { principal, resource, operation }]): Difference => ({
          kind: "acl",
          state,
          subject: principal,
          what: `${operation} on ${resource}`,
        }),
      );
  return [...only("missing", wanted, found), ...only("extra", extra, wanted)];
}

/** One line for people. */
export function differenceText({ kind, state, subject, what, declared, observed }: Difference): string {
  if (kind === "authorizer") return "the brokers have no authorizer: nobody is refused anything";
  if (kind === "acl") return `${subject}: ${what} is ${state === "missing" ? "missing" : "not declared"}`;
  if (what === undefined) return `${subject} ${state === "missing" ? "is missing" : "is not declared"}`;
  if (state === "extra") return `${subject}: ${what} is ${observed}, which nobody declares`;
  return `${subject}: ${what} is ${observed ?? "not set"}, declared ${declared}`;
}
