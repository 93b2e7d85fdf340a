import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { daprComponentsOf, sidecarSecrets } from "#constructs/dapr-components";
import { addDaprDocuments, checksumOf } from "#constructs/dapr-documents";
import { daprPoliciesOf } from "#constructs/dapr-policies";
import { addMigrationJob } from "#constructs/migration-job";
import { addServiceSecrets } from "#constructs/secret-bridge";
import { addSecretStoreAccess } from "#constructs/secret-store-access";
import { ServiceWorkload } from "#constructs/service-workload";
import { namespaces } from "#model/names";
import type { AnyService } from "#model/service";
import { usesPostgres } from "#model/system";
import { waves } from "#model/waves";

/** Components that the sidecar of a service loads. */
const componentsFor = (context: RenderContext, name: string) =>
  daprComponentsOf(context).filter(({ scopes }) => scopes.includes(name));

export interface ServiceChartProps {
  readonly name: string;
  readonly service: AnyService;
}

/** One service of the product, whole: what it may do, what runs it, what scales it. */
export class ServiceChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext, { name, service }: ServiceChartProps) {
    super(scope, {
      context,
      application: name,
      origin: `services.${name}`,
      wave: waves.services,
      project: "todo",
      namespace: namespaces.apps,
    });
    const policies = daprPoliciesOf(context.model, context.environment, name);
    const { configuration, resiliency, subscriptions } = policies;

    addDaprDocuments(this, name, policies);
    addServiceSecrets(this, context, name, service);
    addSecretStoreAccess(this, context, name, service);
    if (usesPostgres(context.model, service)) addMigrationJob(this, { context, name, service });
    new ServiceWorkload(this, "workload", {
      context,
      name,
      service,
      policyChecksum: checksumOf([configuration, resiliency, [...subscriptions], ...componentsFor(context, name)]),
      sidecarSecrets: sidecarSecrets(context, name, service),
    });
  }
}
