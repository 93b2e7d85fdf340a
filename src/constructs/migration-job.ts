/** Brings a service's schema up to what its image expects, before the image's pods start. */
import type { Construct } from "constructs";
import { migrationResources } from "#model/capacity";
import { DATABASE_CA_DIRECTORY, DATABASE_CA_FILE } from "#model/database-connection";
import { imageReference } from "#model/images";
import { migrationName, namespaces, schemaName, secretNames, servicePriority } from "#model/names";
import { jobComponents } from "#model/platform-workloads";
import { waves } from "#model/waves";
import { hook } from "./argocd-annotations.ts";
import { builtIn } from "./built-in.ts";
import { containerResources } from "./container-resources.ts";
import { poolPlacement, workloadLabels } from "./labels.ts";
import { containerSecurityContext, podSecurityContext } from "./pod-security.ts";
import { imageWaivers, waive } from "./scanner-waivers.ts";
import { databaseCaVolume, imagePullSecrets, type ServicePodProps } from "./service-pod.ts";

const DATABASE_MOUNT = "/var/run/todo/database";

/** A Sync hook without a sidecar: it runs before there is one, and a sidecar would keep the Job from ending. */
export function addMigrationJob(scope: Construct, { context, name }: ServicePodProps): void {
  const { environment, images } = context;
  const labels = workloadLabels(migrationName(name), jobComponents.migration);
  const ca = databaseCaVolume(name);
  builtIn(
    scope,
    "migration",
    "batch/v1/Job",
    {
      name: migrationName(name),
      namespace: namespaces.apps,
      labels,
      annotations: { ...hook("Sync", waves.migrations), ...waive(...imageWaivers(context, name)) },
    },
    {
      spec: {
        backoffLimit: 5,
        activeDeadlineSeconds: 600,
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            ...imagePullSecrets(context),
            priorityClassName: servicePriority,
            restartPolicy: "OnFailure",
            securityContext: podSecurityContext(),
            ...poolPlacement(environment, "apps"),
            containers: [
              {
                name: "migrate",
                image: imageReference(environment.registry, name, images),
                imagePullPolicy: "IfNotPresent",
                args: ["migrate"],
                env: [
                  { name: "NODE_ENV", value: "production" },
                  { name: "SERVICE", value: name },
                  { name: "DATABASE_SCHEMA", value: schemaName(name) },
                  // Advisory locks need the session that a pooler would share out.
                  { name: "DATABASE_URL_FILE", value: `${DATABASE_MOUNT}/direct-url` },
                  { name: "DATABASE_CA_FILE", value: DATABASE_CA_FILE },
                ],
                resources: containerResources(migrationResources),
                securityContext: containerSecurityContext(),
                volumeMounts: [
                  { name: "tmp", mountPath: "/tmp" },
                  { name: "database", mountPath: DATABASE_MOUNT, readOnly: true },
                  { name: ca.name, mountPath: DATABASE_CA_DIRECTORY, readOnly: true },
                ],
              },
            ],
            volumes: [
              { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
              {
                name: "database",
                secret: {
                  secretName: secretNames.database(name),
                  defaultMode: 0o440,
                  items: [{ key: "direct-url", path: "direct-url" }],
                },
              },
              ca,
            ],
          },
        },
      },
    },
  );
}
