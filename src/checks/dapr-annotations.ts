/** The annotations of a pod that Dapr's injector 1.18.3 reads: `pkg/injector/annotations/annotations.go` of github.com/dapr/dapr. */

const names = [
  "actors-disseminate-timeout",
  "api-token-secret",
  "app-binding-options-timeout",
  "app-channel-address",
  "app-health-check-path",
  "app-health-probe-interval",
  "app-health-probe-timeout",
  "app-health-threshold",
  "app-id",
  "app-max-concurrency",
  "app-port",
  "app-protocol",
  "app-ssl",
  "app-token-secret",
  "block-shutdown-duration",
  "component-container",
  "config",
  "debug-port",
  "disable-builtin-k8s-secret-store",
  "disable-init-endpoints",
  "enable-api-logging",
  "enable-app-health-check",
  "enable-debug",
  "enable-metrics",
  "enable-native-sidecar",
  "enable-profiling",
  "enabled",
  "env",
  "env-from-secret",
  "graceful-shutdown-seconds",
  "grpc-port",
  "http-max-request-size",
  "http-read-buffer-size",
  "inject-pluggable-components",
  "internal-grpc-port",
  "log-as-json",
  "log-level",
  "max-body-size",
  "metrics-port",
  "placement-host-address",
  "pluggable-components",
  "pluggable-components-sockets-folder",
  "read-buffer-size",
  "scheduler-host-address",
  "sentry-request-jwt-audiences",
  "sidecar-cpu-limit",
  "sidecar-cpu-request",
  "sidecar-image",
  "sidecar-listen-addresses",
  "sidecar-liveness-probe-delay-seconds",
  "sidecar-liveness-probe-period-seconds",
  "sidecar-liveness-probe-threshold",
  "sidecar-liveness-probe-timeout-seconds",
  "sidecar-memory-limit",
  "sidecar-memory-request",
  "sidecar-readiness-probe-delay-seconds",
  "sidecar-readiness-probe-period-seconds",
  "sidecar-readiness-probe-threshold",
  "sidecar-readiness-probe-timeout-seconds",
  "sidecar-seccomp-profile-type",
  "sidecar-svc-annotations",
  "unix-domain-socket-path",
  "volume-mounts",
  "volume-mounts-rw",
] as const;

export type DaprAnnotation = (typeof names)[number];

const PREFIX = "dapr.io/";

export const knownAnnotations: ReadonlySet<string> = new Set(names.map((name) => `${PREFIX}${name}`));

/** Known to the injector, and not followed by `injected-sidecar.ts`: a pod that carries one could not be checked. */
export const unfollowedAnnotations: ReadonlySet<string> = new Set(
  (
    [
      "component-container",
      "debug-port",
      "enable-debug",
      "inject-pluggable-components",
      "pluggable-components",
      "pluggable-components-sockets-folder",
      "unix-domain-socket-path",
    ] as const satisfies readonly DaprAnnotation[]
  ).map((name) => `${PREFIX}${name}`),
);

const TRUE = new Set(["y", "yes", "true", "t", "on", "1"]);

/** Values as the injector reads them: one that is no number leaves the default. */
export class DaprAnnotations {
  readonly #of: Readonly<Record<string, string>>;

  constructor(of: Readonly<Record<string, string>>) {
    this.#of = of;
  }

  text(name: DaprAnnotation, otherwise = ""): string {
    return this.#of[PREFIX + name] ?? otherwise;
  }

  number(name: DaprAnnotation, otherwise: number): number {
    const text = this.text(name);
    return /^[+-]?\d+$/.test(text) ? Number(text) : otherwise;
  }

  flag(name: DaprAnnotation, otherwise = false): boolean {
    return this.has(name) ? TRUE.has(this.text(name).toLowerCase()) : otherwise;
  }

  has(name: DaprAnnotation): boolean {
    return PREFIX + name in this.#of;
  }
}
