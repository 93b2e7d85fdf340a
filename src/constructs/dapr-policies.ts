/**
 * The Dapr documents that say what one service may do and what becomes of its calls: Configuration, Resiliency and
 * Subscriptions. Plain data first, because the pod template carries its digest.
 */
import type { ConfigurationSpec, ResiliencySpec, SubscriptionSpec } from "#imports/dapr.io";
import type { Environment } from "#model/environment";
import { components, controlPlaneTrustDomain, namespaces, otelCollector, trustDomain } from "#model/names";
import { paths } from "#model/paths";
import type { AnyService, Invocation } from "#model/service";
import { callersOf, deadLetterTopicOf, readableSecrets, type System, usesState } from "#model/system";
import { collectsTraces } from "#model/telemetry";

export interface DaprPolicies {
  readonly configuration: ConfigurationSpec;
  readonly resiliency: ResiliencySpec;
  /** By topic. */
  readonly subscriptions: ReadonlyMap<string, SubscriptionSpec>;
}

export const daprPoliciesOf = (model: System, environment: Environment, name: string): DaprPolicies => {
  const service = model.services[name];
  if (!service) throw new TypeError(`no service "${name}" is declared`);
  return {
    configuration: configurationOf(model, environment, name, service),
    resiliency: resiliencyOf(model, service),
    subscriptions: new Map(service.subscribes.map((topic) => [topic, subscriptionOf(model, topic)])),
  };
};

/** Where sidecars send spans. */
const OTEL_COLLECTOR = `${otelCollector}.${namespaces.monitoring}.svc.cluster.local:4317`;

function configurationOf(
  model: System,
  environment: Environment,
  name: string,
  service: AnyService,
): ConfigurationSpec {
  const readable = readableSecrets(model, name, service);
  return {
    // On by default since 1.18: a changed policy would reach old pods, or restart every sidecar at once.
    features: [{ name: "HotReload", enabled: false }],
    mtls: {
      enabled: true,
      controlPlaneTrustDomain,
      sentryAddress: `dapr-sentry.${namespaces.dapr}.svc.cluster.local:443`,
      workloadCertTTL: "24h",
      allowedClockSkew: "15m",
    },
    tracing: collectsTraces(environment)
      ? {
          samplingRate: String(environment.traceSampling),
          otel: { endpointAddress: OTEL_COLLECTOR, isSecure: false, protocol: "grpc" },
        }
      : { samplingRate: "0" },
    metrics: {
      enabled: true,
      // Paths hold ids: without this every task would be a time series.
      http: { increasedCardinality: false, excludeVerbs: false },
    },
    logging: { apiLogging: { enabled: true, obfuscateURLs: true, omitHealthChecks: true } },
    api: { allowed: allowedApis(model, name, service) },
    accessControl: {
      defaultAction: "deny",
      trustDomain,
      policies: callersOf(model, name).map(([caller, { invokes }]) => ({
        appId: caller,
        defaultAction: "deny",
        trustDomain,
        namespace: namespaces.apps,
        operations: callableBy(invokes[name], service).map((path) => ({
          name: path,
          httpVerb: ["*"],
          action: "allow",
        })),
      })),
    },
    secrets: {
      scopes: [
        {
          storeName: components.secretstore,
          defaultAccess: "deny",
          ...(readable.length > 0 ? { allowedSecrets: readable } : {}),
        },
      ],
    },
  };
}

/** Paths of `callee` that one of its callers may invoke. */
export const callableBy = (edge: Invocation | undefined, callee: AnyService): readonly string[] => {
  if (edge?.internal) return paths.internal;
  const routes = Object.keys(callee.routes).filter((route) => route !== "/");
  return [...routes.map((route) => `${route}/**`), ...paths.forUsers];
};

/** The parts of Dapr's API that the service's entry asks for; everything else answers 404 or PermissionDenied. */
function allowedApis(model: System, name: string, service: AnyService) {
  const wanted: [boolean, string][] = [
    [Object.keys(service.invokes).length > 0, "invoke"],
    [service.publishes.length > 0, "publish"],
    [usesState(model, service), "state"],
    [readableSecrets(model, name, service).length > 0, "secrets"],
    [service.jobs.length > 0, "jobs"],
  ];
  const http = wanted.filter(([is]) => is).map(([, api]) => ({ name: api, version: "v1", protocol: "http" }));
  // An empty list of a protocol allows all of it: services speak HTTP, so gRPC is left with the metadata alone.
  return [
    ...http,
    { name: "metadata", version: "v1", protocol: "http" },
    { name: "metadata", version: "v1", protocol: "grpc" },
  ];
}

const policies: ResiliencySpec["policies"] = {
  timeouts: { call: "10s", publish: "10s", state: "2s" },
  retries: {
    // Only what surely did not reach the callee, or may reach it twice.
    idempotentCall: {
      policy: "constant",
      duration: "200ms",
      maxRetries: 2,
      matching: { httpStatusCodes: "502-504", gRPCStatusCodes: "14" },
    },
    // About 260 s in all, at least 130 s: longer than app health needs to stop deliveries to an app that is away.
    delivery: { policy: "exponential", maxInterval: "15s", maxRetries: 24 },
    component: { policy: "constant", duration: "500ms", maxRetries: 3 },
  },
  circuitBreakers: {
    component: { maxRequests: 1, interval: "30s", timeout: "10s", trip: "consecutiveFailures > 5" },
  },
};

function resiliencyOf(model: System, service: AnyService): ResiliencySpec {
  const apps = Object.fromEntries(
    Object.entries(service.invokes).map(([callee, edge]) => [
      callee,
      {
        // A timeout ends a stream in the middle with 200 and a clean end.
        ...(edge.streaming ? {} : { timeout: "call" }),
        ...(edge.idempotent ? { retry: "idempotentCall" } : {}),
        // Even an empty target counts: without one, Dapr's own retries repeat calls that nobody declared repeatable.
        // No circuit breaker: Dapr's counts 4xx, so one user's bad requests would shut out everybody. The kit breaks circuits.
      },
    ]),
  );
  const publishes = service.publishes.length > 0;
  const subscribes = service.subscribes.length > 0;
  const pubsub = {
    ...(publishes || subscribes
      ? { outbound: { timeout: "publish", retry: "component", circuitBreaker: "component" } }
      : {}),
    // No circuit breaker inbound: an open one counts as a permanent error and dead-letters good events.
    ...(subscribes ? { inbound: { retry: "delivery" } } : {}),
  };
  const targets: ResiliencySpec["targets"] = {
    ...(Object.keys(apps).length > 0 ? { apps } : {}),
    components: {
      ...(publishes || subscribes ? { [components.pubsub]: pubsub } : {}),
      ...(usesState(model, service)
        ? {
            [components.statestore]: {
              outbound: { timeout: "state", retry: "component", circuitBreaker: "component" },
            },
          }
        : {}),
    },
  };
  return { policies: usedPolicies(targets), targets };
}

/** A reviewer reads only what applies. */
function usedPolicies(targets: ResiliencySpec["targets"]): ResiliencySpec["policies"] {
  const used = new Set(JSON.stringify(targets).match(/\w+/g));
  const only = <V>(named: Record<string, V> = {}): Record<string, V> =>
    Object.fromEntries(Object.entries(named).filter(([name]) => used.has(name)));
  return {
    timeouts: only(policies.timeouts),
    retries: only(policies.retries),
    circuitBreakers: only(policies.circuitBreakers),
  };
}

const subscriptionOf = (model: System, topic: string): SubscriptionSpec => ({
  pubsubname: components.pubsub,
  topic,
  // An event that no route takes is dropped without a trace: there is one route, and it takes all.
  routes: { default: paths.events(topic) },
  deadLetterTopic: deadLetterTopicOf(model)[0],
});
