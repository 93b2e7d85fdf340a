/** Who adds and removes replicas: an HPA, or for subscribers KEDA, which would refuse a workload that an HPA owns. */
import type { k8s } from "cdk8s-plus-28";
import type { Construct } from "constructs";
import type { ScaledObjectSpecTriggers } from "#imports/keda.sh";
import { type Environment, isSingleNode } from "#model/environment";
import { kafkaBootstrap, saslMechanism } from "#model/kafka-connection";
import { consumerGroup, namespaces } from "#model/names";
import { scaleOf } from "#model/scale";
import type { AnyService } from "#model/service";
import { isPureConsumer } from "#model/system";
import type { RenderContext } from "./application-chart.ts";
import { builtIn, type Plain } from "./built-in.ts";
import { customResource } from "./custom-resource.ts";
import { commonLabels } from "./labels.ts";

/** Share of its request at which a container counts as busy, in per cent. */
const TARGET_UTILISATION = 70;

/** Events that one replica may be behind before another is added. */
const LAG_PER_REPLICA = 100;

/** The TriggerAuthentication with which KEDA reads consumer lag. */
export const KAFKA_LAG_AUTHENTICATION = "kafka-lag";

/** SASL mechanism as KEDA spells it. https://keda.sh/docs/2.20/scalers/apache-kafka/ */
function kedaSasl(environment: Environment): "none" | "plaintext" | "scram_sha256" {
  switch (saslMechanism(environment)) {
    case null:
      return "none";
    case "PLAINTEXT":
      return "plaintext";
    case "SHA-256":
      return "scram_sha256";
  }
}

/** `null` on a single node: one replica, nothing to scale. */
export const autoscalerOf = ({ environment }: RenderContext, service: AnyService): "hpa" | "keda" | null =>
  isSingleNode(environment) ? null : service.subscribes.length > 0 ? "keda" : "hpa";

export function addAutoscaler(
  scope: Construct,
  context: RenderContext,
  name: string,
  service: AnyService,
  annotations: Record<string, string>,
): void {
  const kind = autoscalerOf(context, service);
  if (kind === "hpa") addHpa(scope, context, name, service, annotations);
  if (kind === "keda") addScaledObject(scope, context, name, service, annotations);
}

const target = (name: string) => ({ apiVersion: "apps/v1", kind: "Deployment", name });

/** Add quickly, remove slowly: a consumer that goes away makes its group rebalance. */
const behavior = {
  scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: "Percent", value: 100, periodSeconds: 30 }] },
  scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] },
};

function addHpa(
  scope: Construct,
  context: RenderContext,
  name: string,
  service: AnyService,
  annotations: Record<string, string>,
) {
  const { min, max } = scaleOf(context.model, name, service);
  // By container: the sidecar's own use would distort the pod's.
  const metric = (resource: string): Plain<k8s.MetricSpecV2> => ({
    type: "ContainerResource",
    containerResource: {
      container: name,
      name: resource,
      target: { type: "Utilization", averageUtilization: TARGET_UTILISATION },
    },
  });
  builtIn(
    scope,
    "autoscaler",
    "autoscaling/v2/HorizontalPodAutoscaler",
    { name, namespace: namespaces.apps, labels: commonLabels(), annotations },
    {
      spec: {
        scaleTargetRef: target(name),
        minReplicas: min,
        maxReplicas: max,
        metrics: [metric("cpu"), metric("memory")],
        behavior,
      },
    },
  );
}

function addScaledObject(
  scope: Construct,
  context: RenderContext,
  name: string,
  service: AnyService,
  annotations: Record<string, string>,
) {
  const { min, max } = scaleOf(context.model, name, service);
  const utilisation = (type: "cpu" | "memory"): ScaledObjectSpecTriggers => ({
    type,
    metricType: "Utilization",
    metadata: { value: String(TARGET_UTILISATION), containerName: name },
  });
  const lag = (topic: string): ScaledObjectSpecTriggers => ({
    type: "kafka",
    name: `lag-${topic}`,
    metadata: {
      bootstrapServers: kafkaBootstrap(context.environment),
      consumerGroup: consumerGroup(name),
      topic,
      lagThreshold: String(LAG_PER_REPLICA),
      offsetResetPolicy: "earliest",
      tls: "enable",
      sasl: kedaSasl(context.environment),
      // A caller's service may have more replicas than partitions: they serve requests.
      allowIdleConsumers: String(!isPureConsumer(context.model, name, service)),
    },
    authenticationRef: { name: KAFKA_LAG_AUTHENTICATION },
  });
  customResource(
    scope,
    "autoscaler",
    "keda.sh/ScaledObject",
    { name, namespace: namespaces.apps, labels: commonLabels(), annotations },
    {
      spec: {
        scaleTargetRef: target(name),
        minReplicaCount: min,
        maxReplicaCount: max,
        pollingInterval: 15,
        cooldownPeriod: 300,
        advanced: { horizontalPodAutoscalerConfig: { name, behavior } },
        triggers: [utilisation("cpu"), utilisation("memory"), ...service.subscribes.map(lag)],
      },
    },
  );
}
