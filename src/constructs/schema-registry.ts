/** Apicurio Registry, which keeps its schemas in a schema of ours in PostgreSQL. */
import type { k8s } from "cdk8s-plus-28";
import { Construct } from "constructs";
import { DATABASE_CA_DIRECTORY, DATABASE_CA_KEY, databaseAddresses, jdbcUrl } from "#model/database-connection";
import { type Environment, isSingleNode } from "#model/environment";
import { namespaces, platformPriority, platformSecrets, schemaRegistry, schemaRegistryRole } from "#model/names";
import { mebibytes, millicores, type Resources } from "#model/quantities";
import { waves } from "#model/waves";
import type { RenderContext } from "./application-chart.ts";
import { syncWave } from "./argocd-annotations.ts";
import { builtIn, type Plain, type PodSpec } from "./built-in.ts";
import { containerResources } from "./container-resources.ts";
import { addExternalSecret, fromSource } from "./external-secret.ts";
import { poolPlacement, selectorLabels, workloadLabels } from "./labels.ts";
import { containerSecurityContext, podSecurityContext } from "./pod-security.ts";
import { thirdPartyImageWaivers, waive, waivers } from "./scanner-waivers.ts";
import { databaseCa } from "./secret-bridge.ts";
import { spread } from "./spread.ts";

const IMAGE = "docker.io/apicurio/apicurio-registry:3.1.4";

/** Where clients reach it, in the cluster. */
export const SCHEMA_REGISTRY_PORT = 8080;
export const schemaRegistryUrl = `http://${schemaRegistry}.${namespaces.infra}.svc.cluster.local:${SCHEMA_REGISTRY_PORT}`;

const CONFIGURATION = { directory: "/var/run/todo/registry", file: "application.properties" } as const;
const PORT_NAME = "http";

/** A choice, not a measurement. */
const schemaRegistryResources = (environment: Environment): Resources => ({
  requests: { cpu: millicores(50), memory: mebibytes(isSingleNode(environment) ? 256 : 320) },
  limits: { cpu: millicores(1000), memory: mebibytes(512) },
});

/** Connections of one replica; by default it would open twenty and go up to a hundred. */
export const SCHEMA_REGISTRY_CONNECTIONS = 5;

export class SchemaRegistry extends Construct {
  readonly #context: RenderContext;

  constructor(scope: Construct, id: string, context: RenderContext) {
    super(scope, id);
    this.#context = context;
    this.#configuration();
    this.#serviceAccount();
    this.#deployment();
    this.#service();
    if (this.#replicas > 1) this.#disruptionBudget();
  }

  get #replicas(): number {
    return isSingleNode(this.#context.environment) ? 1 : 2;
  }

  #metadata() {
    return {
      name: schemaRegistry,
      namespace: namespaces.infra,
      labels: workloadLabels(schemaRegistry, "schema-registry"),
      annotations: syncWave(waves.topics),
    };
  }

  /** Its connection with the password, as the file in which Quarkus looks for properties. */
  #configuration(): void {
    const { model, environment } = this.#context;
    const name = platformSecrets.schemaRegistryDatabase;
    const properties = {
      "apicurio.datasource.url": jdbcUrl(model, databaseAddresses(environment).direct, schemaRegistryRole),
      "apicurio.datasource.username": schemaRegistryRole,
      "apicurio.datasource.password": "{{ .password }}",
      "apicurio.datasource.jdbc.initial-size": 1,
      "apicurio.datasource.jdbc.min-size": 1,
      "apicurio.datasource.jdbc.max-size": SCHEMA_REGISTRY_CONNECTIONS,
    };
    const text = Object.entries(properties).map(([property, value]) => `${property}=${value}\n`);
    addExternalSecret(this, "configuration", {
      name,
      namespace: namespaces.infra,
      values: { password: fromSource(name, "password"), ca: databaseCa(environment) },
      template: { [CONFIGURATION.file]: text.join(""), [DATABASE_CA_KEY]: "{{ .ca }}" },
    });
  }

  #serviceAccount(): void {
    builtIn(this, "service-account", "v1/ServiceAccount", this.#metadata(), { automountServiceAccountToken: false });
  }

  #deployment(): void {
    const metadata = this.#metadata();
    const single = this.#replicas === 1 ? [waivers.SINGLE_NODE] : [];
    builtIn(
      this,
      "deployment",
      "apps/v1/Deployment",
      { ...metadata, annotations: { ...metadata.annotations, ...waive(...thirdPartyImageWaivers, ...single) } },
      {
        spec: {
          replicas: this.#replicas,
          revisionHistoryLimit: 3,
          progressDeadlineSeconds: 300,
          selector: { matchLabels: selectorLabels(schemaRegistry) },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: { metadata: { labels: metadata.labels }, spec: this.#pod() },
        },
      },
    );
  }

  #pod(): PodSpec {
    const { environment } = this.#context;
    return {
      serviceAccountName: schemaRegistry,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      priorityClassName: platformPriority,
      // Its files belong to group 0, so that any user may run it.
      securityContext: { ...podSecurityContext(), supplementalGroups: [0] },
      ...poolPlacement(environment, "system"),
      ...spread(environment, selectorLabels(schemaRegistry)),
      containers: [
        {
          name: schemaRegistry,
          image: IMAGE,
          imagePullPolicy: "IfNotPresent",
          ports: [{ name: PORT_NAME, containerPort: SCHEMA_REGISTRY_PORT, protocol: "TCP" }],
          env: [
            { name: "APICURIO_STORAGE_KIND", value: "sql" },
            { name: "APICURIO_STORAGE_SQL_KIND", value: "postgresql" },
            { name: "SMALLRYE_CONFIG_LOCATIONS", value: `${CONFIGURATION.directory}/${CONFIGURATION.file}` },
            { name: "JAVA_OPTS_APPEND", value: "-XX:MaxRAMPercentage=50" },
          ],
          resources: containerResources(schemaRegistryResources(this.#context.environment)),
          securityContext: containerSecurityContext(),
          startupProbe: probe("/health/live", { periodSeconds: 5, failureThreshold: 36 }),
          livenessProbe: probe("/health/live", { periodSeconds: 15, failureThreshold: 3 }),
          readinessProbe: probe("/health/ready", { periodSeconds: 10, failureThreshold: 3 }),
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            { name: "configuration", mountPath: CONFIGURATION.directory, readOnly: true },
            { name: "database-ca", mountPath: DATABASE_CA_DIRECTORY, readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "128Mi" } },
        { name: "configuration", secret: secretFile(CONFIGURATION.file) },
        { name: "database-ca", secret: secretFile(DATABASE_CA_KEY) },
      ],
    };
  }

  #service(): void {
    builtIn(this, "service", "v1/Service", this.#metadata(), {
      spec: {
        type: "ClusterIP",
        selector: selectorLabels(schemaRegistry),
        ports: [{ name: PORT_NAME, port: SCHEMA_REGISTRY_PORT, targetPort: PORT_NAME, protocol: "TCP" }],
      },
    });
  }

  #disruptionBudget(): void {
    builtIn(this, "disruptions", "policy/v1/PodDisruptionBudget", this.#metadata(), {
      spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(schemaRegistry) } },
    });
  }
}

const secretFile = (key: string) => ({
  secretName: platformSecrets.schemaRegistryDatabase,
  defaultMode: 0o440,
  items: [{ key, path: key }],
});

const probe = (path: string, timing: { periodSeconds: number; failureThreshold: number }): Plain<k8s.Probe> => ({
  httpGet: { path, port: PORT_NAME },
  timeoutSeconds: 3,
  ...timing,
});
