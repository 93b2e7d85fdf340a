import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  brokerName,
  type KafkaNode,
  type KafkaTls,
  kafkaProperties,
  keyStore,
  trustStore,
} from "./kafka-properties.ts";
import { enginePath } from "./paths.ts";
import { type EngineProcess, freePorts, startProcess, temporaryFolder } from "./process.ts";
import { runCommand } from "./run-command.ts";

export interface KafkaOptions {
  /** Number of nodes, each broker and controller. @default 1 */
  readonly brokers?: number;
  /** With it every connection needs a client certificate and StandardAuthorizer enforces ACLs; without it, plain text. */
  readonly tls?: KafkaTls;
  /** Broker properties that go before ours. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Largest heap of a broker. @default 512 */
  readonly heapMebibytes?: number;
}

export interface KafkaBroker {
  readonly id: number;
  /** `host:port` for clients; the same after a restart. */
  readonly address: string;
  readonly pid: number;
  /** File with everything that the broker prints. */
  readonly log: string;
  /** Ends with the process that runs now. */
  readonly ended: Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** Starts a broker that has ended on the data it had. */
  start(): Promise<void>;
}

export interface Kafka {
  /** `host:port` of every broker. */
  readonly bootstrap: readonly string[];
  readonly brokers: readonly KafkaBroker[];
  /** Ends the brokers and removes their data. */
  stop(): Promise<void>;
}

/** Three at once on two busy cores take longer than a minute. */
const READY_WITHIN_MS = 120_000;

const logging = [
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
  "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
].join(" ");

const javaOptions = ({ heapMebibytes = 512 }: KafkaOptions): Readonly<Record<string, string>> => ({
  KAFKA_OPTS: `-Xms128m -Xmx${heapMebibytes}m ${logging}`,
});

/** Starts a KRaft cluster on loopback. Topics are never created by use. */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const command = enginePath("kafka");
  const nodes = await planNodes(options.brokers ?? 1);
  const folder = temporaryFolder("kafka");
  const env = javaOptions(options);
  const brokers = nodes.map((node) => createBroker(command, node, folder.path, env));
  const stop = async () => {
    // With its data thrown away a broker has nothing to hand over, and the last ones would wait for a lost quorum.
    await Promise.all(brokers.map((broker) => broker.stop(3_000)));
    folder.remove();
  };
  try {
    await writeFiles(nodes, folder.path, options);
    await formatStorage(command, nodes, folder.path, env);
    const starts = await Promise.allSettled(brokers.map((broker) => broker.start()));
    for (const start of starts) if (start.status === "rejected") throw start.reason;
    return { bootstrap: brokers.map(({ address }) => address), brokers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function planNodes(count: number): Promise<readonly KafkaNode[]> {
  const ports = await freePorts(2 * count);
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    clientPort: ports[2 * index] ?? 0,
    controllerPort: ports[2 * index + 1] ?? 0,
  }));
}

const nodeFolder = (folder: string, node: KafkaNode) => join(folder, `node-${node.id}`);
const propertiesFile = (folder: string, node: KafkaNode) => join(nodeFolder(folder, node), "server.properties");

async function writeFiles(nodes: readonly KafkaNode[], folder: string, options: KafkaOptions): Promise<void> {
  const tls = options.tls && {
    keyStore: join(folder, "broker.pem"),
    trustStore: join(folder, "trusted.pem"),
    superUsers: options.tls.superUsers,
  };
  if (options.tls && tls) {
    const certificate = await options.tls.clusterAuthority.issue(brokerName);
    writeFileSync(tls.keyStore, keyStore(certificate), { mode: 0o600 });
    writeFileSync(tls.trustStore, trustStore(options.tls));
  }
  for (const node of nodes) {
    mkdirSync(nodeFolder(folder, node));
    const data = join(nodeFolder(folder, node), "data");
    writeFileSync(propertiesFile(folder, node), kafkaProperties(node, nodes, data, tls, options.properties ?? {}));
  }
}

async function formatStorage(
  command: string,
  nodes: readonly KafkaNode[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const clusterId = randomBytes(16).toString("base64url");
  await Promise.all(
    nodes.map((node) =>
      runCommand(
        command,
        ["kafka.tools.StorageTool", "format", "--cluster-id", clusterId, "--config", propertiesFile(folder, node)],
        { log: join(nodeFolder(folder, node), "format.log"), env },
      ),
    ),
  );
}

function createBroker(command: string, node: KafkaNode, folder: string, env: Readonly<Record<string, string>>) {
  let current: EngineProcess | undefined;
  return {
    id: node.id,
    address: `127.0.0.1:${node.clientPort}`,
    get pid() {
      return current?.pid ?? 0;
    },
    log: join(nodeFolder(folder, node), "kafka.log"),
    get ended() {
      return current?.ended ?? Promise.resolve();
    },
    signal: (signal: NodeJS.Signals) => current?.signal(signal),
    async kill() {
      current?.signal("SIGKILL");
      await current?.ended;
    },
    async start() {
      current = await startProcess({
        name: "kafka",
        command,
        args: ["kafka.Kafka", propertiesFile(folder, node)],
        env,
        folder: nodeFolder(folder, node),
        ready: async (output) => output().includes("Kafka Server started"),
        readyWithinMs: READY_WITHIN_MS,
      });
    },
    async stop(graceMs: number) {
      await current?.stop(graceMs);
    },
  };
}
