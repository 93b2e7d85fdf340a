import type { Construct } from "constructs";
import { namespaces } from "#model/names";
import type { AnyService } from "#model/service";
import { readableSecrets } from "#model/system";
import { waves } from "#model/waves";
import type { RenderContext } from "./application-chart.ts";
import { syncWave } from "./argocd-annotations.ts";
import { builtIn } from "./built-in.ts";
import { commonLabels } from "./labels.ts";
import { readsKubernetesSecrets } from "./service-pod.ts";

/** Lets the service's account, whose token only its sidecar has, read these Secrets and no others; it cannot list. */
export function addSecretStoreAccess(
  scope: Construct,
  context: RenderContext,
  name: string,
  service: AnyService,
): void {
  if (!readsKubernetesSecrets(context, service)) return;
  const metadata = {
    name: `${name}-secrets`,
    namespace: namespaces.apps,
    labels: commonLabels(),
    annotations: syncWave(waves.policies),
  };
  builtIn(scope, "secret-reader", "rbac.authorization.k8s.io/v1/Role", metadata, {
    rules: [
      {
        apiGroups: [""],
        resources: ["secrets"],
        resourceNames: readableSecrets(context.model, name, service),
        verbs: ["get"],
      },
    ],
  });
  builtIn(scope, "secret-reader-binding", "rbac.authorization.k8s.io/v1/RoleBinding", metadata, {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
    subjects: [{ kind: "ServiceAccount", name, namespace: namespaces.apps }],
  });
}
