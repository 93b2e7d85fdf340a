import type { App } from "cdk8s";
import type { ApplicationChart, RenderContext } from "#constructs/application-chart";
import { isSingleNode, stateStoreOf } from "#model/environment";
import { ApplicationsChart } from "./argocd/applications.ts";
import { RootChart } from "./argocd/root.ts";
import { DaprComponentsChart } from "./dapr-components.ts";
import { GatewayChart } from "./gateway.ts";
import { KafkaChart } from "./kafka.ts";
import { KafkaUsersChart } from "./kafka-users.ts";
import { NamespacesChart } from "./namespaces.ts";
import { NetworkPoliciesChart } from "./network-policies.ts";
import { ObservabilityChart } from "./observability.ts";
import { PostgresChart } from "./postgres.ts";
import { ScalingChart } from "./scaling.ts";
import { SchemaRegistryChart } from "./schema-registry.ts";
import { SecretStoresChart } from "./secret-stores.ts";
import { ServiceChart } from "./service.ts";
import { thirdPartyApplications } from "./third-party/index.ts";
import { TopicsChart } from "./topics.ts";
import { ValkeyChart } from "./valkey.ts";

/** Every chart of an environment: what Argo CD delivers, in the order of its sync waves, then what tells Argo CD to. */
export function chartsOf(app: App, context: RenderContext): ApplicationChart[] {
  const delivered = [
    new NamespacesChart(app, context),
    new SecretStoresChart(app, context),
    ...storeCharts(app, context),
    ...kafkaCharts(app, context),
    new SchemaRegistryChart(app, context),
    new DaprComponentsChart(app, context),
    new ObservabilityChart(app, context),
    new NetworkPoliciesChart(app, context),
    ...(isSingleNode(context.environment) ? [] : [new ScalingChart(app, context)]),
    ...serviceCharts(app, context),
    new GatewayChart(app, context),
  ];
  const applications = new ApplicationsChart(app, context, delivered, thirdPartyApplications(context));
  return [...delivered, applications, new RootChart(app, context)];
}

function storeCharts(app: App, context: RenderContext): ApplicationChart[] {
  const { postgres } = context.environment;
  return [
    ...(stateStoreOf(context.environment) === "redis" ? [new ValkeyChart(app, context)] : []),
    ...(postgres.kind === "cloudnative-pg" ? [new PostgresChart(app, context, { postgres })] : []),
  ];
}

function kafkaCharts(app: App, context: RenderContext): ApplicationChart[] {
  const { kafka } = context.environment;
  if (kafka.kind !== "strimzi") return [];
  return [new KafkaChart(app, context, { kafka }), new TopicsChart(app, context), new KafkaUsersChart(app, context)];
}

const serviceCharts = (app: App, context: RenderContext): ApplicationChart[] =>
  Object.entries(context.model.services).map(([name, service]) => new ServiceChart(app, context, { name, service }));
