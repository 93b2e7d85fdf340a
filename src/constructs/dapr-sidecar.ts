/** The annotations by which a pod asks for its Dapr sidecar. https://docs.dapr.io/reference/arguments-annotations-overview/ */

import { sidecarResources } from "#model/capacity";
import type { Environment } from "#model/environment";
import { secretNames } from "#model/names";
import { paths } from "#model/paths";
import { daprPorts } from "#model/product-edges";
import { bytesQuantity, cpuQuantity } from "#model/quantities";
import type { AnyService } from "#model/service";

export interface SidecarVolume {
  readonly name: string;
  readonly path: string;
}

export interface DaprSidecarProps {
  readonly environment: Environment;
  readonly name: string;
  readonly service: AnyService;
  /** Digest of every Dapr document that applies to the pod: policy rolls out and back with the pods. */
  readonly policyChecksum: string;
  /** Secrets the sidecar reads as environment variables, `NAME=secret:key` joined by commas; empty: none. */
  readonly envFromSecret: string;
  /** Environment variables of the sidecar that are no secret. */
  readonly env: Readonly<Record<string, string>>;
  /** Volumes of the pod that the sidecar mounts, read-only. */
  readonly volumes: readonly SidecarVolume[];
}

/**
 * After two minutes daprd stops delivering to an app that is not ready; the retry budget of events is longer. Not earlier: if the
 * app is back within 30 s after that, daprd 1.18 may undo the new subscription in place of the old (docs/chaos.md).
 */
export const APP_HEALTH = { intervalSeconds: 3, threshold: 40 } as const;

/** Seconds that the sidecar has to end after the app: offsets are committed, connections closed. */
const SIDECAR_SHUTDOWN_SECONDS = 10;

/** Seconds until endpoints and routes no longer lead to a pod that is going away. */
export const ENDPOINT_PROPAGATION_SECONDS = 5;

export const drainSeconds = (service: AnyService): number => Math.ceil(service.drain.milliseconds / 1000);

/** Longer than propagation, drain and the sidecar's own end together. */
export const terminationGraceSeconds = (service: AnyService): number =>
  ENDPOINT_PROPAGATION_SECONDS + drainSeconds(service) + SIDECAR_SHUTDOWN_SECONDS + 5;

export function daprAnnotations(props: DaprSidecarProps): Record<string, string> {
  const { name, service } = props;
  const { requests, limits } = sidecarResources(props.environment);
  const env = Object.entries(props.env)
    .map(([variable, value]) => `${variable}=${value}`)
    .join(",");
  return {
    "dapr.io/enabled": "true",
    "dapr.io/app-id": name,
    "dapr.io/app-port": String(service.port),
    "dapr.io/app-protocol": "http",
    "dapr.io/config": name,
    "dapr.io/enable-app-health-check": "true",
    // Readiness, not liveness: while the database is away events wait in Kafka instead of burning their retries.
    "dapr.io/app-health-check-path": paths.ready,
    "dapr.io/app-health-probe-interval": String(APP_HEALTH.intervalSeconds),
    "dapr.io/app-health-probe-timeout": "1000",
    "dapr.io/app-health-threshold": String(APP_HEALTH.threshold),
    "dapr.io/sidecar-cpu-request": cpuQuantity(requests.cpu),
    "dapr.io/sidecar-memory-request": bytesQuantity(requests.memory),
    "dapr.io/sidecar-cpu-limit": cpuQuantity(limits.cpu),
    "dapr.io/sidecar-memory-limit": bytesQuantity(limits.memory),
    "dapr.io/sidecar-seccomp-profile-type": "RuntimeDefault",
    // A native sidecar starts before the app and ends after it, so the drain can still publish.
    "dapr.io/enable-native-sidecar": "true",
    "dapr.io/graceful-shutdown-seconds": String(SIDECAR_SHUTDOWN_SECONDS),
    "dapr.io/enable-metrics": "true",
    "dapr.io/metrics-port": String(daprPorts.metrics),
    "dapr.io/log-as-json": "true",
    // Without a token in the pod the built-in store cannot start, and would end the runtime with it.
    "dapr.io/disable-builtin-k8s-secret-store": "true",
    "dapr.io/api-token-secret": secretNames.daprApiToken(name),
    "dapr.io/app-token-secret": secretNames.appApiToken(name),
    ...(env ? { "dapr.io/env": env } : {}),
    ...(props.envFromSecret ? { "dapr.io/env-from-secret": props.envFromSecret } : {}),
    ...(props.volumes.length > 0
      ? { "dapr.io/volume-mounts": props.volumes.map((volume) => `${volume.name}:${volume.path}`).join(",") }
      : {}),
    "todo.dev/dapr-policy-checksum": props.policyChecksum,
  };
}
