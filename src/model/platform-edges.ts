import type { Environment } from "./environment.ts";
import { type Peer, servicePods } from "./network.ts";
import { platform } from "./platform-workloads.ts";
import type { System } from "./system.ts";

/** Services whose sidecars hold the pubsub component: dead letters make a publisher of every subscriber. */
export const usesKafka = (model: System): readonly string[] =>
  Object.entries(model.services)
    .filter(([, { publishes, subscribes }]) => publishes.length + subscribes.length > 0)
    .map(([name]) => name);

/** Who connects to the brokers' client listener, wherever the brokers run. */
export const kafkaClients = (model: System, _environment: Environment): readonly Peer[] => [
  ...usesKafka(model).map(servicePods),
  platform.keda,
  platform.kafkaUi,
];
