import type { Construct } from "constructs";
import type { ThirdPartyApplication } from "#charts/third-party/index";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { namespaces, rootApplication } from "#model/names";
import { waves } from "#model/waves";
import { addChartApplication, addThirdPartyApplication } from "./application.ts";
import { addProject, platformProject, productProject } from "./projects.ts";

/** Every Application of an environment and the two projects that bound them: what the root Application makes. */
export class ApplicationsChart extends ApplicationChart {
  constructor(
    scope: Construct,
    context: RenderContext,
    charts: readonly ApplicationChart[],
    thirdParty: readonly ThirdPartyApplication[],
  ) {
    const { environment } = context;
    super(scope, {
      context,
      application: "applications",
      origin: `environments.${environment.name}`,
      wave: waves.crds,
      project: "platform",
      namespace: namespaces.argocd,
    });
    assertDistinct([
      rootApplication,
      ...charts.map(({ application }) => application.application),
      ...thirdParty.map(({ name }) => name),
    ]);
    const ofProject = (project: "platform" | "todo") => charts.filter((chart) => chart.application.project === project);
    addProject(this, environment, "todo", productProject(environment, ofProject("todo")));
    addProject(this, environment, "platform", platformProject(environment, ofProject("platform"), thirdParty));
    for (const chart of charts) addChartApplication(this, chart);
    for (const application of thirdParty) addThirdPartyApplication(this, environment, application);
  }
}

/** Two Applications of one name would be one, which deletes what the other made. */
function assertDistinct(names: readonly string[]): void {
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length > 0) throw new TypeError(`two Applications are called ${[...new Set(twice)].join(", ")}`);
}
