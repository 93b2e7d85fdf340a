/** What must hold after whatever went wrong. Each check lists what contradicts it; an empty list means that it holds. */
import { isDeepStrictEqual } from "node:util";
import { todo } from "#system";
import type { EventRecord, Evidence } from "./evidence.ts";
import { subscribersOf } from "./inject.ts";

export type Invariant = (evidence: Evidence) => string[];

const TASK_EVENTS = "task-events";
const FEED_TOPICS = ["task-updates", "chat-events", "user-events"] as const;
const CREATED = ["dev.todo.task.created.v1", "dev.todo.task.recurring_task_created.v1"];
const DELETED = "dev.todo.task.deleted.v1";
const SENT = "dev.todo.reminder.sent.v1";

/** How often each key occurs. */
function counted<T>(items: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function grouped<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

const poisonIds = ({ injected }: Evidence): Set<string> =>
  new Set(injected.filter(({ kind }) => kind === "poison").map(({ id }) => id));

/** Events of a topic, each once and as it came first, without what is no event by its contract. */
function distinct(evidence: Evidence, topic: string): EventRecord[] {
  const seen = poisonIds(evidence);
  return evidence.events.filter((event) => {
    if (event.topic !== topic || seen.has(event.id)) return false;
    seen.add(event.id);
    return true;
  });
}

/** Without what was injected: what the services themselves said. */
function own(evidence: Evidence, topic: string): EventRecord[] {
  const made = new Set(evidence.injected.filter(({ kind }) => kind !== "duplicate").map(({ id }) => id));
  return distinct(evidence, topic).filter(({ id }) => !made.has(id));
}

const everyRequestIsAnswered: Invariant = ({ loaded }) => [
  ...loaded.blames,
  ...loaded.unanswered.map((what) => `${what} was never answered with success`),
];

const oneRowEach: Invariant = ({ loaded, tasks }) => {
  const rows = grouped(tasks, ({ id }) => id);
  const known = new Set(loaded.tasks.map(({ id }) => id));
  const people = new Set(loaded.tasks.map(({ userId }) => userId));
  return [
    ...loaded.tasks.flatMap(({ id, userId, version, title, status }) => {
      const found = rows.get(id) ?? [];
      const [row] = found;
      if (!row || found.length > 1) return [`task ${id} was acknowledged and has ${found.length} rows`];
      const told = { userId, version, title, status };
      const is = { userId: row.userId, version: row.version, title: row.title, status: row.status };
      return isDeepStrictEqual(told, is)
        ? []
        : [`task ${id} was answered as ${JSON.stringify(told)} and is ${JSON.stringify(is)}`];
    }),
    ...tasks
      .filter(({ id, userId, predecessorId }) => predecessorId === null && people.has(userId) && !known.has(id))
      .map(({ id, title }) => `task ${id} (${title}) exists and nobody was told so`),
  ];
};

const oneSuccessorEach: Invariant = ({ loaded, tasks }) => {
  const successors = grouped(
    tasks.filter(({ predecessorId, deleted }) => predecessorId !== null && !deleted),
    ({ predecessorId }) => predecessorId ?? "",
  );
  const expected = new Set(
    loaded.tasks.filter(({ repeats, status }) => repeats && status === "completed").map(({ id }) => id),
  );
  return [...new Set([...expected, ...successors.keys()])].flatMap((id) => {
    const count = successors.get(id)?.length ?? 0;
    const wanted = expected.has(id) ? 1 : 0;
    return count === wanted ? [] : [`task ${id} has ${count} successors instead of ${wanted}`];
  });
};

/** From the first version to that of the row, without a gap; each version's facts once. */
const everyVersionIsPublished: Invariant = (evidence) => {
  const events = grouped(own(evidence, TASK_EVENTS), ({ subject }) => subject);
  return evidence.tasks.flatMap(({ id, version: newest, deleted }) => {
    const said = events.get(id) ?? [];
    const versions = new Set(said.map(({ version }) => version));
    const missing = Array.from({ length: newest }, (_, index) => index + 1).filter((version) => !versions.has(version));
    const beyond = [...versions].filter((version) => version > newest);
    const twice = [...counted(said.map(({ type, version }) => `${type} of version ${version}`))].filter(
      ([, times]) => times > 1,
    );
    // Reopening a task takes its successor back, completing it again brings it back.
    const creations = said.filter(({ type }) => CREATED.includes(type)).length;
    const deletions = said.filter(({ type }) => type === DELETED).length;
    return [
      ...missing.map((version) => `task ${id} is at version ${newest}, and version ${version} was not published`),
      ...beyond.map((version) => `task ${id} is at version ${newest}, and version ${version} was published`),
      ...twice.map(([what, times]) => `task ${id}: ${what} was published under ${times} ids`),
      ...(creations - deletions === (deleted ? 0 : 1)
        ? []
        : [`task ${id} was created ${creations} times and deleted ${deletions} times, by its events`]),
    ];
  });
};

/** A reminder that was claimed is told as sent by another service than the one that changes its task a moment later. */
const versionsNeverGoBack: Invariant = (evidence) =>
  Object.keys(todo.topics).flatMap((topic) => {
    const events = own(evidence, topic);
    const spread = [...grouped(events, ({ subject }) => subject)].flatMap(([subject, said]) => {
      const partitions = new Set(said.map(({ partition }) => partition)).size;
      return partitions > 1 ? [`${subject} is spread over ${partitions} partitions of ${topic}`] : [];
    });
    const back = [...grouped(events, ({ source, subject }) => `${source} ${subject}`).values()].flatMap((said) => {
      const ordered = [...said].sort((a, b) => a.offset - b.offset);
      return ordered
        .filter(({ version }, index) => version < (ordered[index - 1]?.version ?? 0))
        .map(({ source, subject, type, version, offset }) => {
          return `${subject} goes back to version ${version} with ${type} of ${source} at offset ${offset} of ${topic}`;
        });
    });
    return [...spread, ...back];
  });

/** A consumer that has processed one event of a type processes all of them. */
const everyEventIsProcessedOnce: Invariant = (evidence) =>
  Object.keys(todo.topics).flatMap((topic) => {
    const events = distinct(evidence, topic);
    return subscribersOf(topic).flatMap((service) => {
      const received = counted(
        evidence.inbox.filter((row) => row.service === service && row.topic === topic).map(({ eventId }) => eventId),
      );
      const handled = new Set(events.filter(({ id }) => received.has(id)).map(({ type }) => type));
      const published = new Set(events.map(({ id }) => id));
      return [
        ...events
          .filter(({ id, type }) => handled.has(type) && received.get(id) !== 1)
          .map(({ id, type, partition, offset }) => {
            const kept = evidence.poison.find((row) => row.service === service && row.eventId === id)?.reason;
            const place = `${id} at ${topic}/${partition}:${offset}`;
            return `${service} processed ${type} ${place} ${received.get(id) ?? 0} times; what failed: ${kept ?? "nothing"}`;
          }),
        ...[...received.keys()]
          .filter((id) => !published.has(id))
          .map((id) => `${service} processed ${id}, which ${topic} does not hold`),
      ];
    });
  });

const auditIsWhole: Invariant = (evidence) => {
  const { audit, auditVerification } = evidence;
  const expected = Object.keys(todo.topics)
    .filter((topic) => subscribersOf(topic).includes("audit"))
    .flatMap((topic) => distinct(evidence, topic));
  const kept = counted(audit.map(({ id }) => id));
  const said = new Set(expected.map(({ id }) => id));
  return [
    ...expected
      .filter(({ id }) => kept.get(id) !== 1)
      .map(({ id, type }) => `audit holds ${type} ${id} ${kept.get(id) ?? 0} times`),
    ...[...kept.keys()].filter((id) => !said.has(id)).map((id) => `audit holds ${id}, which nobody published`),
    ...[...grouped(audit, ({ userId }) => userId)].flatMap(([userId, chain]) => {
      const sequences = chain.map(({ sequence }) => sequence ?? 0).sort((a, b) => a - b);
      const whole = sequences.every((sequence, index) => sequence === index + 1);
      return whole ? [] : [`the chain of ${userId} has gaps, or events that are not sealed: ${sequences.join(" ")}`];
    }),
    ...(auditVerification.code === 0
      ? []
      : [`the chains do not verify: ${auditVerification.stdout} ${auditVerification.stderr}`]),
  ];
};

/** Every partition is processed to its end, by each who subscribes. */
const offsetsAreAtTheEnd: Invariant = ({ offsets }) =>
  offsets
    .filter(({ committed, end }) => (committed ?? "0") !== end)
    .map(({ consumer, topic, partition, committed, end }) => {
      return `${consumer} is at ${committed ?? "no offset"} of ${end} in ${topic}/${partition}`;
    });

const deadLettersArePoison: Invariant = (evidence) => {
  const { injected, deadLetters, poison } = evidence;
  const poisoned = injected.filter(({ kind }) => kind === "poison");
  const reasons = new Set(poison.map(({ service, eventId }) => `${service} ${eventId}`));
  return [
    ...deadLetters
      .filter((text) => !poisoned.some(({ id }) => text.includes(id)))
      .map((text) => `was given up, and is no poison: ${text.slice(0, 300)}`),
    ...poisoned.flatMap(({ id, topic, form }) => {
      const subscribers = subscribersOf(topic);
      const copies = deadLetters.filter((text) => text.includes(id)).length;
      // What is no JSON never gets as far as a service.
      const unexplained = form === "no JSON" ? [] : subscribers.filter((service) => !reasons.has(`${service} ${id}`));
      return [
        ...(copies >= subscribers.length
          ? []
          : [`poison ${id} (${form}) on ${topic} was given up ${copies} times by ${subscribers.length} subscribers`]),
        ...unexplained.map((service) => `${service} kept no reason for giving up poison ${id} (${form}) on ${topic}`),
      ];
    }),
  ];
};

const remindersComeOnce: Invariant = (evidence) => {
  const { loaded, notifications } = evidence;
  const sent = grouped(notifications, ({ taskId }) => taskId);
  const said = counted(
    own(evidence, "reminders")
      .filter(({ type }) => type === SENT)
      .map(({ subject }) => subject),
  );
  return [
    ...loaded.tasks.flatMap(({ id, reminder, remindAt }) => {
      const found = sent.get(id) ?? [];
      const early = found.filter(({ sentAt }) => sentAt < Date.parse(remindAt));
      const right = { due: [1], none: [0], either: [0, 1] }[reminder].includes(found.length);
      return [
        ...(right ? [] : [`task ${id} was reminded of ${found.length} times (expected: ${reminder}, ${remindAt})`]),
        ...early.map(({ sentAt }) => `task ${id} was reminded of ${Date.parse(remindAt) - sentAt} ms early`),
        ...(said.get(id) === (found.length || undefined)
          ? []
          : [`task ${id} was reminded of ${found.length} times and that was published ${said.get(id) ?? 0} times`]),
      ];
    }),
    ...notifications
      .filter(({ sentAt, fireAt }) => fireAt === null || sentAt < fireAt)
      .map(({ taskId, sentAt, fireAt }) => `the reminder of ${taskId} went out at ${sentAt}, scheduled for ${fireAt}`),
  ];
};

/** Equal whatever the order of fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}

/** What each user's feed holds is what was published for screens, each event once, numbered without a gap. */
const feedIsWhatWasPublished: Invariant = (evidence) => {
  const { feed } = evidence;
  const types = new Set(feed.map(({ type }) => type));
  const published = counted(
    FEED_TOPICS.flatMap((topic) => own(evidence, topic))
      .filter(({ type }) => types.has(type))
      .map(({ userId, type, data }) => `${userId} ${type} ${canonical(data)}`),
  );
  const shown = counted(feed.map(({ userId, type, data }) => `${userId} ${type} ${canonical(data)}`));
  const differing = [...new Set([...published.keys(), ...shown.keys()])].filter(
    (entry) => published.get(entry) !== shown.get(entry),
  );
  return [
    ...differing.map((entry) => {
      return `published ${published.get(entry) ?? 0} times, in the feed ${shown.get(entry) ?? 0} times: ${entry}`;
    }),
    ...[...grouped(feed, ({ userId }) => userId)].flatMap(([userId, entries]) => {
      const seqs = entries.map(({ seq }) => seq);
      return seqs.every((seq, index) => seq === index + 1) ? [] : [`the feed of ${userId} has gaps: ${seqs.join(" ")}`];
    }),
  ];
};

const screensSawTheFeed: Invariant = ({ screens, feed }) => {
  const feeds = grouped(feed, ({ userId }) => userId);
  return screens.flatMap(({ userId, from, frames, resets }) => {
    const kept = (feeds.get(userId) ?? []).filter(({ seq }) => seq > from);
    const seen = frames.map(({ seq, type, data }) => `${seq} ${type} ${canonical(data)}`);
    const stored = kept.map(({ seq, type, data }) => `${seq} ${type} ${canonical(data)}`);
    const at = stored.findIndex((entry, index) => entry !== seen[index]);
    return [
      ...(resets === 0 ? [] : [`the screen of ${userId} was told ${resets} times that the past is gone`]),
      ...(at < 0 && seen.length === stored.length
        ? []
        : [
            `the screen of ${userId} saw ${seen.length} of ${stored.length} entries; first difference: ${seen[at < 0 ? stored.length : at]} instead of ${stored[at]}`,
          ]),
    ];
  });
};

const outboxIsEmpty: Invariant = ({ outbox }) =>
  outbox.map(({ service, eventId }) => `${service} has not published ${eventId}`);

const everybodySignedUpOnce: Invariant = (evidence) => {
  const { loaded, users } = evidence;
  const accounts = counted(users);
  const created = counted(
    own(evidence, "user-events")
      .filter(({ type }) => type === "dev.todo.user.created.v1")
      .map(({ userId }) => userId),
  );
  return loaded.newcomers.flatMap((id) => [
    ...(accounts.get(id) === 1 ? [] : [`user ${id} has ${accounts.get(id) ?? 0} accounts`]),
    ...(created.get(id) === 1 ? [] : [`the sign-up of ${id} was published ${created.get(id) ?? 0} times`]),
  ]);
};

/** By what they promise. */
export const invariants: Readonly<Record<string, Invariant>> = {
  "every request got its answer, and no fault was blamed on who asked": everyRequestIsAnswered,
  "every acknowledged task has one row, as it was answered last, and there is no other": oneRowEach,
  "every completed recurring task has exactly one successor": oneSuccessorEach,
  "every version of every task was published, once": everyVersionIsPublished,
  "versions never go back in what a service says on a topic": versionsNeverGoBack,
  "every consumer processed every event once": everyEventIsProcessedOnce,
  "audit has every event once, in chains without a gap that verify": auditIsWhole,
  "every consumer is at the end of every partition": offsetsAreAtTheEnd,
  "poison and nothing else became dead letters, with its reason kept": deadLettersArePoison,
  "every reminder came once and never early": remindersComeOnce,
  "every feed is what was published for screens, once": feedIsWhatWasPublished,
  "every screen saw its feed as the database has it": screensSawTheFeed,
  "every outbox is empty": outboxIsEmpty,
  "everybody who signed up has one account, and that was published once": everybodySignedUpOnce,
};
