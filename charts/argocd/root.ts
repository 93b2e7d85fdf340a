import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { namespaces, rootApplication } from "#model/names";
import { waves } from "#model/waves";
import { addApplication, CLUSTER, folderOf, generatePaths, gitSource, projectName, syncPolicy } from "./application.ts";
import { addProject, rootProject } from "./projects.ts";

/** The only thing that is applied by hand, once: the Application of Applications, which from then on also keeps itself. */
export class RootChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    const { environment } = context;
    super(scope, {
      context,
      application: rootApplication,
      origin: `environments.${environment.name}`,
      wave: waves.crds,
      project: "platform",
      namespace: namespaces.argocd,
    });
    const folders = [rootApplication, "applications"];
    addProject(this, environment, "root", rootProject(environment));
    addApplication(this, {
      name: rootApplication,
      annotations: generatePaths(...folders.map((folder) => folderOf(environment, folder))),
      spec: {
        project: projectName(environment, "root"),
        sources: folders.map((folder) => gitSource(environment, folder)),
        destination: { server: CLUSTER, namespace: namespaces.argocd },
        syncPolicy: syncPolicy(),
        revisionHistoryLimit: 10,
      },
    });
  }
}
