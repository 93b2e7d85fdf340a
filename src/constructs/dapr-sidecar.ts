/** The annotations by which a pod asks for its Dapr sidecar. https://docs.dapr.io/reference/arguments-annotations-overview/ */
import { bytesQuantity, cpuQuantity, mebibytes, millicores, type Resources } from "#model/quantities";
import type { AnyService } from "#model/service";
import { secretNames } from "#model/names";
import type { Environment } from "#model/environment";
import { isSingleNode } from "#model/environment";

/** daprd holds about 154 MiB resident when idle (measured); the limit leaves room for bursts of bulk events. */
export const sidecarResources = (environment: Environment): Resources => ({
  requests: { cpu: millicores(isSingleNode(environment) ? 25 : 100), memory: mebibytes(160) },
  limits: { cpu: millicores(1000), memory: mebibytes(320) },
});

export interface DaprSidecarProps {
  readonly environment: Environment;
  readonly name: string;
  readonly service: AnyService;
  /** Digest of every Dapr document that applies to the pod: policy rolls out and back with the pods. */
  readonly policyChecksum: string;
  /** Secrets the sidecar reads as environment variables, `NAME=secret:key` joined by commas; empty: none. */
  readonly envFromSecret: string;
  /** Projected volume with a token for the Kubernetes secret store; absent: the sidecar has no token. */
  readonly tokenVolume?: { readonly name: string; readonly path: string };
}

/** HTTP port of the sidecar inside the pod. */
export const DAPR_HTTP_PORT = 3500;
/** Sidecar to sidecar. */
export const DAPR_INTERNAL_GRPC_PORT = 50_002;
export const DAPR_METRICS_PORT = 9090;

export const HEALTH_PATH = "/healthz";
export const READY_PATH = "/readyz";

/** Seconds that the sidecar outlives the drain, so that the last events and calls still get out. */
const SIDECAR_MARGIN_SECONDS = 10;

export const drainSeconds = (service: AnyService): number => Math.ceil(service.drain.milliseconds / 1000);

/** Longer than drain, sidecar margin and the endpoints' propagation together. */
export const terminationGraceSeconds = (service: AnyService): number => drainSeconds(service) + 2 * SIDECAR_MARGIN_SECONDS;

export function daprAnnotations(props: DaprSidecarProps): Record<string, string> {
  const { name, service } = props;
  const { requests, limits } = sidecarResources(props.environment);
  return {
    "dapr.io/enabled": "true",
    "dapr.io/app-id": name,
    "dapr.io/app-port": String(service.port),
    "dapr.io/app-protocol": "http",
    "dapr.io/config": name,
    "dapr.io/enable-app-health-check": "true",
    "dapr.io/app-health-check-path": HEALTH_PATH,
    "dapr.io/app-health-probe-interval": "5",
    "dapr.io/app-health-probe-timeout": "1000",
    "dapr.io/app-health-threshold": "3",
    "dapr.io/sidecar-cpu-request": cpuQuantity(requests.cpu),
    "dapr.io/sidecar-memory-request": bytesQuantity(requests.memory),
    ...(limits.cpu ? { "dapr.io/sidecar-cpu-limit": cpuQuantity(limits.cpu) } : {}),
    "dapr.io/sidecar-memory-limit": bytesQuantity(limits.memory),
    "dapr.io/sidecar-seccomp-profile-type": "RuntimeDefault",
    // A native sidecar starts before the app and ends after it, so the drain can still publish.
    "dapr.io/enable-native-sidecar": "true",
    "dapr.io/graceful-shutdown-seconds": String(SIDECAR_MARGIN_SECONDS),
    "dapr.io/block-shutdown-duration": `${drainSeconds(service)}s`,
    "dapr.io/enable-metrics": "true",
    "dapr.io/metrics-port": String(DAPR_METRICS_PORT),
    "dapr.io/log-as-json": "true",
    // Without a token in the pod the built-in store cannot start, and would end the runtime with it.
    "dapr.io/disable-builtin-k8s-secret-store": "true",
    "dapr.io/api-token-secret": secretNames.daprApiToken(name),
    "dapr.io/app-token-secret": secretNames.appApiToken(name),
    ...(props.envFromSecret ? { "dapr.io/env-from-secret": props.envFromSecret } : {}),
    ...(props.tokenVolume ? { "dapr.io/volume-mounts": `${props.tokenVolume.name}:${props.tokenVolume.path}` } : {}),
    "todo.dev/dapr-policy-checksum": props.policyChecksum,
  };
}
