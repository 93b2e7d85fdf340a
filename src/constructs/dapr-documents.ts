import { createHash } from "node:crypto";
import type { Construct } from "constructs";
import { namespaces } from "#model/names";
import { waves } from "#model/waves";
import { syncWave } from "./argocd-annotations.ts";
import { customResource } from "./custom-resource.ts";
import type { DaprPolicies } from "./dapr-policies.ts";
import { commonLabels } from "./labels.ts";

/** Renders the Dapr documents of one service, each scoped to it alone. */
export function addDaprDocuments(scope: Construct, name: string, policies: DaprPolicies): void {
  const metadata = { namespace: namespaces.apps, labels: commonLabels(), annotations: syncWave(waves.policies) };
  customResource(
    scope,
    "configuration",
    "dapr.io/Configuration",
    { name, ...metadata },
    { spec: policies.configuration },
  );
  customResource(
    scope,
    "resiliency",
    "dapr.io/Resiliency",
    { name, ...metadata },
    { spec: policies.resiliency, scopes: [name] },
  );
  for (const [topic, spec] of policies.subscriptions) {
    customResource(
      scope,
      `subscription-${topic}`,
      "dapr.io/Subscription",
      { name: `${name}-${topic}`, ...metadata },
      { spec, scopes: [name] },
    );
  }
}

/** Short digest of documents: pods are replaced exactly when one of them changes. */
export const checksumOf = (documents: unknown): string =>
  createHash("sha256").update(JSON.stringify(documents)).digest("hex").slice(0, 16);
