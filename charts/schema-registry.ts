import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { addSchemaRegistration } from "#constructs/schema-registration";
import { SchemaRegistry } from "#constructs/schema-registry";
import { namespaces } from "#model/names";
import { waves } from "#model/waves";

/** Where every event's schema can be read, and the Job that puts it there. */
export class SchemaRegistryChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    super(scope, {
      context,
      application: "schema-registry",
      origin: `environments.${context.environment.name}`,
      wave: waves.topics,
      project: "platform",
      namespace: namespaces.infra,
    });
    new SchemaRegistry(this, "registry", context);
    addSchemaRegistration(this, context);
  }
}
