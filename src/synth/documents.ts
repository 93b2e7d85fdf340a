import { ApiObject, App } from "cdk8s";
import { chartsOf } from "#charts/index";
import { type ApplicationChart, originOf, type RenderContext } from "#constructs/application-chart";
import type { Manifest, RenderedDocument } from "#emit/document";

/** Everything that one environment's charts make. Same context, same documents. */
export function documentsOf(context: RenderContext): RenderedDocument[] {
  const app = new App();
  return chartsOf(app, context).flatMap((chart) => documentsOfChart(context.environment.name, chart));
}

function documentsOfChart(environment: string, chart: ApplicationChart): RenderedDocument[] {
  // `chart.apiObjects` would leave out what nested constructs make.
  const objects = chart.node.findAll().filter((node) => ApiObject.isApiObject(node));
  return objects.map((object) => ({
    environment,
    application: chart.application.application,
    origin: originOf(object),
    manifest: object.toJson() as Manifest,
  }));
}
