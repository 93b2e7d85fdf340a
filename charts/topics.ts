import { Construct } from "constructs";
import { ApplicationChart, type RenderContext, setOrigin } from "#constructs/application-chart";
import { syncOptions } from "#constructs/argocd-annotations";
import { customResource } from "#constructs/custom-resource";
import { commonLabels, kafkaClusterLabel } from "#constructs/labels";
import { replicationOf } from "#model/environment";
import { namespaces } from "#model/names";
import { waves } from "#model/waves";

/** Every topic of the model, where Kafka runs in the cluster; a managed Kafka's topics are made by its Terraform module. */
export class TopicsChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    super(scope, {
      context,
      application: "topics",
      origin: `environments.${context.environment.name}`,
      wave: waves.topics,
      project: "todo",
      namespace: namespaces.infra,
      prune: false,
    });
    const { replicas, minInSync } = replicationOf(context.environment);
    for (const [name, { partitions, retention }] of Object.entries(context.model.topics)) {
      const node = new Construct(this, name);
      setOrigin(node, `topics.${name}`);
      customResource(
        node,
        "topic",
        "kafka.strimzi.io/KafkaTopic",
        {
          name,
          namespace: namespaces.infra,
          labels: { ...commonLabels(), ...kafkaClusterLabel() },
          // A topic that leaves the model keeps its events until a person deletes it.
          annotations: syncOptions({ prune: false, delete: false }),
        },
        {
          spec: {
            partitions,
            replicas,
            config: {
              "cleanup.policy": "delete",
              "min.insync.replicas": minInSync,
              "retention.ms": retention.milliseconds,
            },
          },
        },
      );
    }
  }
}
