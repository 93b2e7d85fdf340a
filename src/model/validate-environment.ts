import type { Environment } from "./environment.ts";
import type { ModelProblem } from "./errors.ts";
import { durationText } from "./quantities.ts";
import type { System } from "./system.ts";
import { validateSettings } from "./validate-settings.ts";

const LABEL = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/;
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
const HOST_PORT = /^[a-z0-9.-]+:\d{2,5}$/;

/** Combinations that cannot work, each with the reason. */
export function validateEnvironment(model: System, environment: Environment): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const refuse = (when: boolean, problem: string, remedy: string): void => {
    if (when) problems.push({ entry: `environments.${environment.name}`, problem, remedy });
  };
  const { provider, kafka, postgres, secrets, size } = environment;

  refuse(!LABEL.test(environment.name), "its name is no lower-case label of at most 32 characters", "Rename it");
  refuse(
    !HOST.test(environment.domain),
    `domain "${environment.domain}" is no host name`,
    "Give a fully qualified name such as todo.example.com",
  );
  refuse(
    !(environment.traceSampling >= 0 && environment.traceSampling <= 1),
    `trace sampling ${environment.traceSampling}`,
    "Give a share from 0 to 1",
  );
  refuse(
    !/^https:\/\/\S+$|^git@\S+$/.test(environment.repository.url),
    `repository "${environment.repository.url}"`,
    "Give an https or ssh address of a git repository",
  );
  refuse(
    !/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/.test(environment.registry),
    `registry "${environment.registry}"`,
    "Give host/path in lower case, without a scheme or tag",
  );

  refuse(
    secrets.kind === "key-vault" && provider.kind !== "aks",
    `Key Vault on ${provider.kind}: its pods have no Azure workload identity to open the vault with`,
    "Use keyVault() only on AKS, or the cloud's own vault, or kubernetesSecrets()",
  );
  refuse(
    secrets.kind === "secret-manager" && provider.kind !== "gke",
    `Secret Manager on ${provider.kind}: its pods have no Google workload identity`,
    "Use secretManager() only on GKE",
  );
  refuse(
    secrets.kind === "oci-vault" && provider.kind !== "oke",
    `OCI Vault on ${provider.kind}: its pods are no OCI workload principals`,
    "Use ociVault() only on OKE",
  );

  if (kafka.kind === "strimzi") {
    refuse(
      kafka.rack === true && provider.zoneKey === null,
      `rack awareness on ${provider.kind}: its nodes have no zone label, so brokers would never start`,
      "Leave rack out",
    );
    refuse(
      !Number.isInteger(kafka.brokers) || kafka.brokers < 1,
      `${kafka.brokers} brokers`,
      "Give a whole number from 1 on",
    );
    refuse(kafka.brokers === 2, "2 brokers: neither a quorum nor a spare", "Use 1 on a single node, else 3 or more");
    refuse(
      kafka.brokers > 1 && size.kind === "single-node",
      `${kafka.brokers} brokers on one node protect nothing`,
      "Use 1 broker with singleNode()",
    );
    refuse(
      kafka.storage.mebibytes < provider.storage.minimumGibibytes * 1024,
      `${provider.kind} makes no volume below ${provider.storage.minimumGibibytes} GiB`,
      "Raise the brokers' storage",
    );
    refuse(
      kafka.memory.mebibytes < kafka.heap.mebibytes * 1.25,
      "the brokers' memory leaves no room beside the heap",
      "Give at least 1.25 times the heap",
    );
    refuse(
      size.kind === "pools" && !size.pools.kafka,
      "Strimzi without a kafka pool",
      'Add a pool "kafka" to its size',
    );
  } else {
    refuse(
      size.kind === "pools" && size.pools.kafka !== undefined,
      "a kafka pool without Strimzi",
      'Remove the pool "kafka"',
    );
  }
  if (kafka.kind === "event-hubs") {
    refuse(
      provider.kind !== "aks",
      `Event Hubs from ${provider.kind}: there is no private endpoint`,
      "Use it on AKS, or another Kafka here",
    );
    for (const [name, topic] of Object.entries(model.topics)) {
      refuse(
        kafka.tier === "standard" && topic.retention.milliseconds > 7 * 86_400_000,
        `Event Hubs' standard tier keeps at most 7 days, topic ${name} asks for ${durationText(topic.retention)}`,
        'Use tier "premium" or shorten the retention',
      );
    }
  }
  if (kafka.kind === "confluent" || kafka.kind === "aiven" || kafka.kind === "redpanda") {
    refuse(!HOST_PORT.test(kafka.bootstrap), `bootstrap "${kafka.bootstrap}"`, "Give host:port");
  }

  if (postgres.kind === "cloudnative-pg") {
    refuse(
      !Number.isInteger(postgres.instances) || postgres.instances < 1,
      `${postgres.instances} PostgreSQL instances`,
      "Give a whole number from 1 on",
    );
    refuse(
      postgres.instances > 1 && size.kind === "single-node",
      `${postgres.instances} PostgreSQL instances on one node protect nothing`,
      "Use 1 with singleNode()",
    );
    refuse(
      postgres.storage.mebibytes < provider.storage.minimumGibibytes * 1024,
      `${provider.kind} makes no volume below ${provider.storage.minimumGibibytes} GiB`,
      "Raise PostgreSQL's storage",
    );
    refuse(
      postgres.restoreFrom !== undefined && !provider.shipsSnapshotClass,
      `PostgreSQL restored from a snapshot on ${provider.kind}, where nothing takes any`,
      "Leave restoreFrom out",
    );
    refuse(
      postgres.restoreFrom !== undefined && !NAME.test(postgres.restoreFrom),
      `restoreFrom "${postgres.restoreFrom}" is no name of a VolumeSnapshot`,
      "Take one from kubectl --namespace infra-services get volumesnapshots",
    );
    refuse(size.kind === "pools" && !size.pools.db, "CloudNativePG without a db pool", 'Add a pool "db" to its size');
  }
  refuse(
    postgres.kind === "managed" && provider.kind === "kind",
    "managed PostgreSQL on kind: there is no cloud to manage it",
    "Use cloudNativePg()",
  );

  refuse(
    provider.kind === "kind" && environment.acmeEmail !== null,
    "Let's Encrypt on kind: nobody can reach the challenge",
    "Set acmeEmail to null",
  );
  refuse(
    size.kind === "pools" && !(size.pools.system && size.pools.apps),
    "no system or apps pool",
    'Add pools "system" and "apps"',
  );
  problems.push(...validateSettings(model, environment));
  return problems;
}
