import { Construct } from "constructs";
import { ApplicationChart, type RenderContext, setOrigin } from "#constructs/application-chart";
import { syncWave } from "#constructs/argocd-annotations";
import { customResource } from "#constructs/custom-resource";
import { daprComponentsOf } from "#constructs/dapr-components";
import { commonLabels } from "#constructs/labels";
import { addStateStoreSecret } from "#constructs/secret-bridge";
import { namespaces } from "#model/names";
import { waves } from "#model/waves";

/** What sidecars load besides their own policies: pub/sub, state, secrets and timers. */
export class DaprComponentsChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    super(scope, {
      context,
      application: "dapr-components",
      origin: `environments.${context.environment.name}`,
      wave: waves.policies,
      project: "todo",
      namespace: namespaces.apps,
    });
    addStateStoreSecret(this, context);
    for (const { name, origin, type, version, metadata, scopes } of daprComponentsOf(context)) {
      const node = new Construct(this, name);
      setOrigin(node, origin);
      customResource(
        node,
        "component",
        "dapr.io/Component",
        { name, namespace: namespaces.apps, labels: commonLabels(), annotations: syncWave(waves.policies) },
        { spec: { type, version, metadata: [...metadata] }, scopes: [...scopes] },
      );
    }
  }
}
