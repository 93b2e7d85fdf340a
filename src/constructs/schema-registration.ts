import type { Construct } from "constructs";
import { type EventContract, eventJsonSchema } from "#contracts/events/index";
import { imageReference } from "#model/images";
import { namespaces, servicePriority } from "#model/names";
import { TOOLS_IMAGE } from "#model/own-images";
import { jobComponents } from "#model/platform-workloads";
import { mebibytes, millicores } from "#model/quantities";
import { eventTopics } from "#model/system";
import type { Topic } from "#model/topic";
import { waves } from "#model/waves";
import type { RenderContext } from "./application-chart.ts";
import { hook, syncWave } from "./argocd-annotations.ts";
import { builtIn } from "./built-in.ts";
import { containerResources } from "./container-resources.ts";
import { commonLabels, poolPlacement, workloadLabels } from "./labels.ts";
import { containerSecurityContext, podSecurityContext } from "./pod-security.ts";
import { imageWaivers, waive } from "./scanner-waivers.ts";
import { schemaRegistryUrl } from "./schema-registry.ts";
import { imagePullSecrets } from "./service-pod.ts";

const NAME = jobComponents.schemas;
const SCHEMA_DIRECTORY = "/var/run/todo/schemas";
const configMapOf = (topic: string): string => `schemas-${topic}`;

const resources = {
  requests: { cpu: millicores(25), memory: mebibytes(64) },
  limits: { cpu: millicores(500), memory: mebibytes(128) },
};

/** Contracts are the same in every environment: their schemas are written once. */
const written = new WeakMap<EventContract, Readonly<Record<string, string>>>();

function schemasOf(contract: EventContract): Readonly<Record<string, string>> {
  const known = written.get(contract);
  if (known) return known;
  const files = Object.fromEntries(
    contract.types.map((type) => [`${type}.json`, `${JSON.stringify(eventJsonSchema(contract, type), null, 2)}\n`]),
  );
  written.set(contract, files);
  return files;
}

/** After the registry answers, every contract's schemas are registered; what is registered already stays as it is. */
export function addSchemaRegistration(scope: Construct, context: RenderContext): void {
  for (const [topic, { events }] of eventTopics(context.model)) {
    builtIn(
      scope,
      `schemas-${topic}`,
      "v1/ConfigMap",
      {
        name: configMapOf(topic),
        namespace: namespaces.infra,
        labels: commonLabels(),
        annotations: syncWave(waves.topics),
      },
      { data: schemasOf(events) },
    );
  }
  builtIn(
    scope,
    "registration-account",
    "v1/ServiceAccount",
    { name: NAME, namespace: namespaces.infra, labels: commonLabels(), annotations: syncWave(waves.topics) },
    { automountServiceAccountToken: false },
  );
  addJob(scope, context);
}

function addJob(scope: Construct, context: RenderContext): void {
  const { environment, images, model } = context;
  const labels = workloadLabels(NAME, jobComponents.schemas);
  builtIn(
    scope,
    "registration",
    "batch/v1/Job",
    {
      name: NAME,
      namespace: namespaces.infra,
      labels,
      annotations: { ...hook("Sync", waves.policies), ...waive(...imageWaivers(context, TOOLS_IMAGE)) },
    },
    {
      spec: {
        backoffLimit: 5,
        activeDeadlineSeconds: 600,
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: NAME,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            ...imagePullSecrets(context),
            priorityClassName: servicePriority,
            restartPolicy: "OnFailure",
            securityContext: podSecurityContext(),
            ...poolPlacement(environment, "system"),
            containers: [
              {
                name: "register",
                image: imageReference(environment.registry, TOOLS_IMAGE, images),
                imagePullPolicy: "IfNotPresent",
                args: ["register-schemas"],
                env: [
                  { name: "NODE_ENV", value: "production" },
                  { name: "SCHEMA_DIRECTORY", value: SCHEMA_DIRECTORY },
                  { name: "REGISTRY_URL", value: schemaRegistryUrl },
                ],
                resources: containerResources(resources),
                securityContext: containerSecurityContext(),
                volumeMounts: [
                  { name: "tmp", mountPath: "/tmp" },
                  { name: "schemas", mountPath: SCHEMA_DIRECTORY, readOnly: true },
                ],
              },
            ],
            volumes: [
              { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
              { name: "schemas", projected: { defaultMode: 0o444, sources: eventTopics(model).map(folderOf) } },
            ],
          },
        },
      },
    },
  );
}

/** A topic's ConfigMap as a folder of its own within the volume. */
const folderOf = ([topic, { events }]: readonly [string, Topic]) => ({
  configMap: {
    name: configMapOf(topic),
    items: Object.keys(schemasOf(events)).map((file) => ({ key: file, path: `${topic}/${file}` })),
  },
});
