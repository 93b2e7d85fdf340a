/** Real sidecars, given the documents that the synthesizer renders for the contract's model. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import kafkajs from "kafkajs";
import { daprPoliciesOf } from "#constructs/dapr-policies";
import { environments } from "#environments";
import { components, namespaces } from "#model/names";
import { paths } from "#model/paths";
import { deadLetterTopicOf } from "#model/system";
import { type Daprd, startDaprd, startKafka, startScheduler, startSentry, temporaryFolder } from "#test/engines/index";
import { contractModel } from "./model.ts";
import { API_TOKEN, APP_TOKEN, type Apps, caller, SECRETS, type Target } from "./target.ts";

export async function startReal(apps: Apps): Promise<Target> {
  const folder = temporaryFolder("sidecar-contract");
  const [kafka, sentry] = await Promise.all([startKafka(), startSentry()]);
  const scheduler = await startScheduler({ sentry });
  const client = new kafkajs.Kafka({ brokers: [...kafka.bootstrap], logLevel: kafkajs.logLevel.NOTHING });
  await createTopics(client);
  const secretsFile = join(folder.path, "secrets.json");
  writeFileSync(secretsFile, JSON.stringify(SECRETS));

  const sidecars: Daprd[] = [];
  for (const [name, app] of Object.entries(apps)) {
    const { resources, configuration } = writeDocuments(folder.path, name, kafka.bootstrap, secretsFile);
    sidecars.push(
      await startDaprd({
        appId: name,
        appPort: await app.start(),
        resources: [resources],
        configurations: [configuration],
        names: join(folder.path, "names.db"),
        namespace: namespaces.apps,
        sentry,
        scheduler,
        env: { DAPR_API_TOKEN: API_TOKEN, APP_API_TOKEN: APP_TOKEN },
        flags: [
          "--enable-app-health-check",
          "--app-health-check-path",
          paths.ready,
          "--app-health-probe-interval",
          "1",
        ],
      }),
    );
  }
  return {
    name: "daprd",
    call: caller(Object.fromEntries(sidecars.map(({ appId, url }) => [appId, url]))),
    deadLetters: () => readTopic(client, deadLetterTopicOf(contractModel)[0]),
    stop: async () => {
      await Promise.all(sidecars.map((sidecar) => sidecar.stop()));
      await Promise.all([scheduler.stop(), sentry.stop(), kafka.stop()]);
      folder.remove();
    },
  };
}

async function createTopics(client: kafkajs.Kafka): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  const topics = Object.entries(contractModel.topics).map(([topic, { partitions }]) => ({
    topic,
    numPartitions: partitions,
  }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
}

function writeDocuments(folder: string, app: string, bootstrap: readonly string[], secretsFile: string) {
  const resources = join(folder, app);
  mkdirSync(resources);
  const { configuration, resiliency, subscriptions } = daprPoliciesOf(contractModel, environments.dev, app);
  const write = (file: string, kind: string, name: string, version: string, rest: object): string => {
    const path = join(resources, file);
    writeFileSync(
      path,
      JSON.stringify({
        apiVersion: `dapr.io/${version}`,
        kind,
        metadata: { name, namespace: namespaces.apps },
        ...rest,
      }),
    );
    return path;
  };
  write("resiliency.yaml", "Resiliency", app, "v1alpha1", { spec: resiliency });
  for (const [topic, spec] of subscriptions) write(`${topic}.yaml`, "Subscription", topic, "v2alpha1", { spec });
  for (const { name, type, metadata } of componentsOf(bootstrap, secretsFile)) {
    write(`${name}.yaml`, "Component", name, "v1alpha1", {
      spec: { type, version: "v1", metadata: Object.entries(metadata).map(([key, value]) => ({ name: key, value })) },
    });
  }
  // Nobody collects spans here, and mTLS outside Kubernetes is a matter of flags.
  const { tracing: _, mtls: __, ...spec } = configuration;
  return { resources, configuration: write("configuration.json", "Configuration", app, "v1alpha1", { spec }) };
}

const componentsOf = (bootstrap: readonly string[], secretsFile: string) => {
  const deadLetters = deadLetterTopicOf(contractModel)[0];
  const publishingScopes = Object.entries(contractModel.services)
    .map(
      ([name, { publishes, subscribes }]) =>
        `${name}=${[...publishes, ...(subscribes.length > 0 ? [deadLetters] : [])].join(",")}`,
    )
    .join(";");
  return [
    {
      name: components.pubsub,
      type: "pubsub.kafka",
      metadata: {
        brokers: bootstrap.join(","),
        authType: "none",
        version: "4.2.0",
        initialOffset: "oldest",
        publishingScopes,
      },
    },
    { name: components.statestore, type: "state.in-memory", metadata: {} },
    { name: components.secretstore, type: "secretstores.local.file", metadata: { secretsFile } },
  ];
};

async function readTopic(client: kafkajs.Kafka, topic: string): Promise<Record<string, unknown>[]> {
  const consumer = client.consumer({ groupId: `reader-${Date.now()}` });
  const events: Record<string, unknown>[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void events.push(JSON.parse(String(message.value))) });
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await consumer.disconnect();
  return events;
}
