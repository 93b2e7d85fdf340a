/** The pod of one of our services: its container, environment and volumes. Everything secret comes as a file. */
import type { k8s } from "cdk8s-plus-28";
import { serviceResources } from "#model/capacity";
import { connectionsPerReplica } from "#model/connections";
import {
  DATABASE_CA_DIRECTORY,
  DATABASE_CA_FILE,
  DATABASE_CA_KEY,
  keepsPreparedStatements,
} from "#model/database-connection";
import { type Environment, stateStoreOf } from "#model/environment";
import { imageReference } from "#model/images";
import { namespaces, otelCollector, schemaName, secretNames, servicePriority } from "#model/names";
import { nodeOptions } from "#model/node-options";
import { paths } from "#model/paths";
import { bytesQuantity, mebibytes } from "#model/quantities";
import type { AnyService } from "#model/service";
import { usesPostgres, usesState } from "#model/system";
import { collectsTraces } from "#model/telemetry";
import type { RenderContext } from "./application-chart.ts";
import type { Plain, PodSpec } from "./built-in.ts";
import { containerResources } from "./container-resources.ts";
import {
  drainSeconds,
  ENDPOINT_PROPAGATION_SECONDS,
  type SidecarVolume,
  terminationGraceSeconds,
} from "./dapr-sidecar.ts";
import { poolPlacement, selectorLabels } from "./labels.ts";
import { containerSecurityContext, podSecurityContext } from "./pod-security.ts";
import { spread } from "./spread.ts";

export interface ServicePodProps {
  readonly context: RenderContext;
  readonly name: string;
  readonly service: AnyService;
}

const MOUNTS = {
  tokens: "/var/run/todo/tokens",
  databaseCa: DATABASE_CA_DIRECTORY,
  serviceAccount: "/var/run/secrets/kubernetes.io/serviceaccount",
} as const;

export const HTTP_PORT_NAME = "http";

/** Volume that gives daprd, and only daprd, a token for the Kubernetes secret store. */
const SECRET_STORE_TOKEN = { name: "secret-store-token", path: MOUNTS.serviceAccount } as const;

/** Volume that gives daprd, and only daprd, the CA of the store in which it keeps state. */
const STATE_STORE_CA = "statestore-ca";

/** Of PostgreSQL where the connection names it; of Valkey, whose component can name none, where `SSL_CERT_FILE` says. */
const stateStoreCaDirectory = (environment: Environment): string =>
  stateStoreOf(environment) === "postgresql" ? DATABASE_CA_DIRECTORY : "/var/run/todo/statestore-ca";

export const imagePullSecrets = ({ environment }: RenderContext): Pick<PodSpec, "imagePullSecrets"> =>
  environment.pullSecret ? { imagePullSecrets: [{ name: environment.pullSecret }] } : {};

export function servicePodSpec({ context, name, service }: ServicePodProps): PodSpec {
  const { environment, images } = context;
  const selector = selectorLabels(name);
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...imagePullSecrets(context),
    priorityClassName: servicePriority,
    terminationGracePeriodSeconds: terminationGraceSeconds(service),
    securityContext: podSecurityContext(),
    ...poolPlacement(environment, "apps"),
    ...spread(environment, selector),
    containers: [
      {
        name,
        image: imageReference(environment.registry, name, images),
        imagePullPolicy: "IfNotPresent",
        ports: [{ name: HTTP_PORT_NAME, containerPort: service.port, protocol: "TCP" }],
        env: environmentVariables(context, name, service),
        resources: containerResources(serviceResources(environment, service.resources)),
        securityContext: containerSecurityContext(),
        startupProbe: probe(paths.live, { periodSeconds: 2, failureThreshold: 45 }),
        livenessProbe: probe(paths.live, { periodSeconds: 10, failureThreshold: 3 }),
        readinessProbe: probe(paths.ready, { periodSeconds: 5, failureThreshold: 2 }),
        volumeMounts: volumeMounts(context, service),
      },
    ],
    volumes: volumes(context, name, service),
  };
}

const probe = (path: string, timing: { periodSeconds: number; failureThreshold: number }): Plain<k8s.Probe> => ({
  httpGet: { path, port: HTTP_PORT_NAME },
  timeoutSeconds: 2,
  ...timing,
});

/** Configuration that is no secret; `DAPR_HTTP_PORT` and `DAPR_GRPC_PORT` are added by the injector. */
function environmentVariables(context: RenderContext, name: string, service: AnyService): Plain<k8s.EnvVar>[] {
  const { environment, model } = context;
  const variables: Record<string, string> = {
    NODE_ENV: "production",
    NODE_OPTIONS: nodeOptions(serviceResources(environment, service.resources)),
    SERVICE: name,
    ENVIRONMENT: environment.name,
    PORT: String(service.port),
    PUBLIC_ORIGIN: `https://${environment.domain}`,
    SHUTDOWN_DELAY_SECONDS: String(ENDPOINT_PROPAGATION_SECONDS),
    SHUTDOWN_DRAIN_SECONDS: String(drainSeconds(service)),
    DAPR_API_TOKEN_FILE: `${MOUNTS.tokens}/dapr-api-token`,
    APP_API_TOKEN_FILE: `${MOUNTS.tokens}/app-api-token`,
    ...(collectsTraces(environment)
      ? {
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://${otelCollector}.${namespaces.monitoring}.svc.cluster.local:4318`,
          OTEL_TRACES_SAMPLER_ARG: String(environment.traceSampling),
        }
      : {}),
    ...(usesPostgres(model, service)
      ? {
          DATABASE_SCHEMA: schemaName(name),
          DATABASE_CA_FILE,
          DATABASE_POOL_MAX: String(connectionsPerReplica.pooled),
          ...(keepsPreparedStatements(environment) ? {} : { DATABASE_PREPARED_STATEMENTS: "false" }),
        }
      : {}),
    ...environment.settings?.[name],
  };
  return Object.entries(variables).map(([variable, value]) => ({ name: variable, value }));
}

function volumeMounts({ model }: RenderContext, service: AnyService): Plain<k8s.VolumeMount>[] {
  return [
    { name: "tmp", mountPath: "/tmp" },
    { name: "tokens", mountPath: MOUNTS.tokens, readOnly: true },
    ...(usesPostgres(model, service) ? [{ name: "database-ca", mountPath: MOUNTS.databaseCa, readOnly: true }] : []),
  ];
}

function volumes(context: RenderContext, name: string, service: AnyService): Plain<k8s.Volume>[] {
  const token = (secret: string, path: string) => ({ secret: { name: secret, items: [{ key: "token", path }] } });
  return [
    { name: "tmp", emptyDir: { sizeLimit: bytesQuantity(mebibytes(64)) } },
    {
      name: "tokens",
      projected: {
        defaultMode: 0o440,
        sources: [
          token(secretNames.daprApiToken(name), "dapr-api-token"),
          token(secretNames.appApiToken(name), "app-api-token"),
        ],
      },
    },
    ...(usesPostgres(context.model, service) ? [databaseCaVolume(name)] : []),
    ...(readsKubernetesSecrets(context, service) ? [secretStoreTokenVolume()] : []),
    ...(usesState(context.model, service) ? [caVolume(STATE_STORE_CA, secretNames.stateStore)] : []),
  ];
}

export const databaseCaVolume = (name: string): Plain<k8s.Volume> =>
  caVolume("database-ca", secretNames.database(name));

const caVolume = (name: string, secretName: string): Plain<k8s.Volume> => ({
  name,
  secret: { secretName, defaultMode: 0o440, items: [{ key: DATABASE_CA_KEY, path: DATABASE_CA_KEY }] },
});

/** What only the sidecar mounts. */
export const sidecarVolumes = (context: RenderContext, service: AnyService): readonly SidecarVolume[] => [
  ...(readsKubernetesSecrets(context, service) ? [SECRET_STORE_TOKEN] : []),
  ...(usesState(context.model, service)
    ? [{ name: STATE_STORE_CA, path: stateStoreCaDirectory(context.environment) }]
    : []),
];

/**
 * Environment variables of daprd. Not `SSL_CERT_DIR`, which the injector takes for a sign of Windows and gives up the restricted
 * profile for. The system's own authorities stay known: Go reads their folder besides this file.
 */
export const sidecarEnvironment = (
  { environment, model }: RenderContext,
  service: AnyService,
): Record<string, string> =>
  usesState(model, service) && stateStoreOf(environment) === "redis"
    ? { SSL_CERT_FILE: `${stateStoreCaDirectory(environment)}/${DATABASE_CA_KEY}` }
    : {};

/** Its sidecar reads secrets from Kubernetes, because there is no cloud vault that Dapr knows. */
export const readsKubernetesSecrets = ({ environment, model }: RenderContext, service: AnyService): boolean =>
  (environment.secrets.kind === "kubernetes" || environment.secrets.kind === "oci-vault") &&
  (service.secrets.length > 0 || usesPostgres(model, service));

/** What the kubelet would mount automatically, but into one container and for an hour at a time. */
function secretStoreTokenVolume(): Plain<k8s.Volume> {
  return {
    name: SECRET_STORE_TOKEN.name,
    projected: {
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
      ],
    },
  };
}
