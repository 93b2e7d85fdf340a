import { todo } from "#system";
import { accessManifest, differsAcls, verbs } from "#topics/access";
import { compareStates, differenceText } from "#topics/compare";
import { type KafkaOptions, withKafka } from "#topics/connection";
import { declaredState } from "#topics/declared";
import { readLag } from "#topics/lag";
import { lagText } from "#topics/lag-text";
import { observedState } from "#topics/observed";
import { prepareReplay } from "#topics/replay";
import { replayReport, replayText } from "#topics/replay-text";
import { sendAgain } from "#topics/send";
import { exitCodes, runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { options, replayRequest, type Values } from "./topics-arguments.ts";

const help = `
Looks at an environment's Kafka as the model declares it, and sends events again.

  npm run topics -- diff   --env NAME [--topics-only] [--json]
  npm run topics -- lag    --env NAME [--json]
  npm run topics -- replay --env NAME --topic T [--from INSTANT] [--to INSTANT] [filters] [--replay-id ID] [--yes] [--json]
  npm run topics -- replay --env NAME --dead-letters [--from INSTANT] [--to INSTANT] [--consumer SERVICE
                           [--database-url URL]] [filters] [--replay-id ID] [--yes] [--json]
  npm run --silent topics -- access diff|lag|replay

diff     topics, partitions, replicas, settings and ACLs that are not as declared; 1 if there are any
lag      how far each consumer is behind in each partition, and since when its oldest event waits
replay   without --yes only says what it would send. From a topic's retention each event is sent with the attribute
         replayid: consumers that refuse replays ignore it and are named. Dead letters were never processed: they are sent
         to the topic they came from as they are, and consumers that have had them ignore them
access   prints a KafkaUser with what that verb needs, for kubectl apply; delete it when you are done

--brokers      host:port, several with commas; forwarded ports too: certificates tell which broker is behind which
--ca, --cert, --key  files in PEM: ca.crt of the Secret todo-kafka-cluster-ca-cert, user.crt and user.key of a KafkaUser's
               Secret. A managed Kafka takes KAFKA_USERNAME and KAFKA_PASSWORD from the environment instead
--from, --to   RFC 3339 in UTC, by when Kafka was given the event; from is included, to is not
--type, --user, --event-key  only events of these types (may be repeated), this user, this partition key
--consumer     only what this service may have given up; with the address of its database (or DATABASE_URL) its reason
               is shown, and what it has processed meanwhile is left out
--replay-id    letters, digits, dots and dashes. The same id again sends only what it has not sent yet

Exit codes: 0 done, 1 different or failed, 2 wrong arguments.`;

await runCommand({ help, options, positionals: true }, ({ positionals: [verb, ...rest], values }) => {
  if (verb === "access") return access(rest);
  const [unexpected] = rest;
  if (unexpected !== undefined) throw new UsageError(`${unexpected} is not expected here`, "See --help");
  switch (verb) {
    case "diff":
      return diff(values);
    case "lag":
      return lag(values);
    case "replay":
      return replay(values);
    default:
      throw new UsageError(verb === undefined ? "a verb is missing" : `there is no verb ${verb}`, "See --help");
  }
});

function kafkaOptions({ env, brokers, ca, cert, key }: Values): KafkaOptions {
  if (env === undefined) throw new UsageError("--env is missing", "Name the environment that the brokers belong to");
  const [environment] = chooseEnvironments([env]);
  if (!environment) throw new TypeError("one name, no environment");
  return { environment, brokers, ca, cert, key, variables: process.env };
}

function print(json: boolean, value: object, lines: readonly string[]): void {
  console.log(json ? JSON.stringify(value, null, 2) : lines.join("\n"));
}

function access([verb]: readonly string[]): number {
  const known = verbs.find((each) => each === verb);
  if (!known) throw new UsageError("access is for a verb", `Name one of ${verbs.join(", ")}`);
  console.log(JSON.stringify(accessManifest(todo, known), null, 2));
  return exitCodes.done;
}

async function diff(values: Values): Promise<number> {
  const kafka = kafkaOptions(values);
  const { environment } = kafka;
  const declared = declaredState(todo, environment);
  const names = declared.topics.map(({ name }) => name);
  const withAcls = declared.acls !== null && !values["topics-only"];
  const observed = await withKafka(kafka, (to) => observedState(to, names, withAcls));
  const differences = compareStates(declared, observed, differsAcls(todo));
  const compared = withAcls ? "topics and ACLs" : "topics";
  print(values.json === true, { environment: environment.name, compared, differences }, [
    ...differences.map(differenceText),
    differences.length === 0 ? `${compared} are as declared` : `${differences.length} different`,
    ...(declared.acls === null ? ["ACLs are the provider's, and were not compared"] : []),
  ]);
  return differences.length === 0 ? exitCodes.done : exitCodes.failed;
}

async function lag(values: Values): Promise<number> {
  const kafka = kafkaOptions(values);
  const consumers = await withKafka(kafka, (to) => readLag(to, todo, Date.now()));
  print(values.json === true, { environment: kafka.environment.name, consumers }, lagText(consumers));
  return exitCodes.done;
}

async function replay(values: Values): Promise<number> {
  const kafka = kafkaOptions(values);
  const request = replayRequest(values);
  const { source, replayId } = request;
  await withKafka(kafka, async (to) => {
    const prepared = await prepareReplay(to, todo, request);
    const report = replayReport(todo, source.kind, prepared, values.consumer);
    const wasAsked = prepared.memory !== undefined;
    const lines = replayText(report, wasAsked);
    const { events } = prepared.plan;
    // What is about to happen is said before it does.
    if (!values.json) print(false, {}, lines);
    if (values.yes) await sendAgain(to, events, { replayId, mark: source.kind === "retention" });
    const sent = values.yes ? events.length : 0;
    if (values.json) print(true, { ...report, sent }, []);
    else if (values.yes) console.log(`${sent} sent, under the replay id ${replayId}`);
    else if (events.length > 0) console.log(`Nothing was sent. To send them: add --replay-id ${replayId} --yes`);
  });
  return exitCodes.done;
}
