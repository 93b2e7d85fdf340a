import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { syncWave } from "#constructs/argocd-annotations";
import { KAFKA_LAG_AUTHENTICATION } from "#constructs/autoscaling";
import { customResource } from "#constructs/custom-resource";
import { commonLabels } from "#constructs/labels";
import { addKafkaSecret } from "#constructs/secret-bridge";
import { kafkaAuthentication } from "#model/kafka-connection";
import { kafkaUsers, namespaces, secretNames } from "#model/names";
import { waves } from "#model/waves";

const KEYS = {
  certificate: { ca: "ca.crt", cert: "user.crt", key: "user.key" },
  password: { username: "username", password: "password" },
} as const;

/** How KEDA signs in at Kafka to read consumer lag: as a user of its own, who may describe and nothing else. */
export class ScalingChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    const { environment } = context;
    super(scope, {
      context,
      application: "scaling",
      origin: `environments.${environment.name}`,
      wave: waves.policies,
      project: "todo",
      namespace: namespaces.apps,
    });
    addKafkaSecret(this, environment, kafkaUsers.keda);
    const metadata = {
      name: KAFKA_LAG_AUTHENTICATION,
      namespace: namespaces.apps,
      labels: commonLabels(),
      annotations: syncWave(waves.policies),
    };
    const secretTargetRef = Object.entries(KEYS[kafkaAuthentication(environment)]).map(([parameter, key]) => ({
      parameter,
      name: secretNames.kafka(kafkaUsers.keda),
      key,
    }));
    customResource(this, "kafka-lag", "keda.sh/TriggerAuthentication", metadata, { spec: { secretTargetRef } });
  }
}
