import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { EnvoyEdge } from "#constructs/envoy-edge";
import { PublicCertificate, PublicIssuer } from "#constructs/public-certificate";
import { IngressRoutes, PublicRoutes, publicServices } from "#constructs/public-routes";
import { waves } from "#model/waves";

/** The public edge: one address, one certificate, and the routes that lead to services. */
export class GatewayChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    super(scope, {
      context,
      application: "edge",
      origin: `environments.${context.environment.name}`,
      wave: waves.edges,
      project: "platform",
    });
    const { gateway } = context.environment;
    new PublicIssuer(this, "issuer", context);
    if (gateway.kind === "ingress") {
      new IngressRoutes(this, "ingress", { ...context, className: gateway.className });
      return;
    }
    new PublicCertificate(this, "certificate", context);
    new EnvoyEdge(this, "edge", context);
    for (const [name, service] of publicServices(context)) new PublicRoutes(this, name, { context, name, service });
  }
}
