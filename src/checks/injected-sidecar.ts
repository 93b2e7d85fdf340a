/**
 * A pod with daprd added as Dapr's injector 1.18.3 adds it. Written from `pkg/injector/patcher/sidecar.go`,
 * `sidecar_container.go`, `sidecar_patcher.go`, `sidecar_volumes.go` and `pkg/injector/service/pod_patch.go` of
 * github.com/dapr/dapr v1.18.3; what they read from the chart is in `injector-settings.ts`.
 */
import { type DaprAnnotation, DaprAnnotations } from "./dapr-annotations.ts";
import type { InjectorSettings } from "./injector-settings.ts";
import type { Container, PodSpec } from "./pods.ts";
import { at, listAt } from "./read.ts";

/** What the API server hands to the injector. */
export interface PodToInject {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

export interface InjectedPod {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

export const SIDECAR_CONTAINER = "daprd";

const PORTS = { http: 3500, public: 3501 } as const;
const TOKEN_VOLUME = "dapr-identity-token";

/** @returns the pod as it is where it asks for no sidecar or brings its own */
export function injectSidecar(pod: PodToInject, settings: InjectorSettings): InjectedPod {
  const { labels, spec } = pod;
  const annotations = new DaprAnnotations(pod.annotations);
  const initContainers = spec.initContainers ?? [];
  const brings = [...spec.containers, ...initContainers].some(({ name }) => name === SIDECAR_CONTAINER);
  if (!annotations.flag("enabled") || brings) return { labels, spec };

  const native = annotations.flag("enable-native-sidecar", settings.nativeSidecar);
  const sidecar = sidecarContainer(pod, annotations, settings, native);
  const containers = spec.containers.map((container) => withDaprVariables(container, annotations));
  const volumes = listAt(spec, "volumes");
  const hasTokenVolume = volumes.some(({ name }) => name === TOKEN_VOLUME);
  return {
    labels: {
      ...labels,
      "dapr.io/sidecar-injected": "true",
      "dapr.io/app-id": annotations.text("app-id"),
      "dapr.io/metrics-enabled": String(annotations.flag("enable-metrics", true)),
    },
    spec: {
      ...spec,
      containers: native ? containers : [...containers, sidecar],
      ...(native ? { initContainers: [...initContainers, sidecar] } : {}),
      volumes: hasTokenVolume ? volumes : [...volumes, tokenVolume(settings)],
    },
  };
}

function sidecarContainer(
  { namespace, spec }: PodToInject,
  annotations: DaprAnnotations,
  settings: InjectorSettings,
  native: boolean,
): Container {
  const metricsPort = annotations.number("metrics-port", 9090);
  return {
    name: SIDECAR_CONTAINER,
    image: annotations.text("sidecar-image", settings.image),
    imagePullPolicy: settings.imagePullPolicy,
    securityContext: securityContext(annotations, settings),
    ports: [
      { name: "dapr-http", containerPort: PORTS.http },
      { name: "dapr-grpc", containerPort: annotations.number("grpc-port", 50_001) },
      { name: "dapr-internal", containerPort: annotations.number("internal-grpc-port", 50_002) },
      { name: "dapr-metrics", containerPort: metricsPort },
    ],
    args: ["/daprd", ...sidecarArguments(annotations, settings, metricsPort)],
    env: environment(namespace, annotations, settings),
    volumeMounts: [
      ...volumeMounts(spec, annotations.text("volume-mounts"), true),
      ...volumeMounts(spec, annotations.text("volume-mounts-rw"), false),
      { name: TOKEN_VOLUME, mountPath: "/var/run/secrets/dapr.io/sentrytoken", readOnly: true },
    ],
    readinessProbe: {
      httpGet: { path: "/v1.0/healthz", port: PORTS.public },
      ...timing(annotations, "readiness", { delay: 1, timeout: 1, period: 1, threshold: 5 }),
    },
    livenessProbe: {
      tcpSocket: { port: PORTS.public },
      ...timing(annotations, "liveness", { delay: 180, timeout: 3, period: 10, threshold: 5 }),
    },
    ...(native ? { restartPolicy: "Always" } : {}),
    ...resources(annotations),
  };
}

function sidecarArguments(annotations: DaprAnnotations, settings: InjectorSettings, metricsPort: number): string[] {
  const given = (flag: string, name: DaprAnnotation): string[] => {
    const value = annotations.text(name);
    return value === "" ? [] : [flag, value];
  };
  const control = (service: string): string => `${service}.${settings.namespace}.svc.${settings.clusterDomain}:443`;
  const appPort = annotations.number("app-port", 0);
  return [
    ...["--dapr-http-port", String(PORTS.http)],
    ...["--dapr-grpc-port", String(annotations.number("grpc-port", 50_001))],
    ...["--dapr-internal-grpc-port", String(annotations.number("internal-grpc-port", 50_002))],
    ...["--dapr-listen-addresses", annotations.text("sidecar-listen-addresses", "[::1],127.0.0.1")],
    ...["--dapr-public-port", String(PORTS.public)],
    ...["--app-id", annotations.text("app-id")],
    ...["--app-protocol", annotations.text("app-protocol", "http")],
    ...["--log-level", annotations.text("log-level", "info")],
    ...["--dapr-graceful-shutdown-seconds", String(annotations.number("graceful-shutdown-seconds", -1))],
    ...["--mode", "kubernetes", "--control-plane-address", control("dapr-api")],
    ...["--sentry-address", control("dapr-sentry")],
    ...(appPort > 0 ? ["--app-port", String(appPort)] : []),
    ...(annotations.flag("enable-metrics", true) ? ["--enable-metrics", "--metrics-port", String(metricsPort)] : []),
    ...given("--config", "config"),
    ...given("--app-channel-address", "app-channel-address"),
    ...placement(annotations, settings),
    ...given("--sentry-request-jwt-audiences", "sentry-request-jwt-audiences"),
    ...(annotations.has("enable-api-logging")
      ? [`--enable-api-logging=${annotations.flag("enable-api-logging")}`]
      : []),
    ...(annotations.flag("disable-builtin-k8s-secret-store") ? ["--disable-builtin-k8s-secret-store"] : []),
    ...(annotations.flag("enable-app-health-check") ? appHealth(annotations) : []),
    ...given("--app-binding-options-timeout", "app-binding-options-timeout"),
    ...(annotations.flag("log-as-json") ? ["--log-as-json"] : []),
    ...(annotations.flag("enable-profiling") ? ["--enable-profiling"] : []),
    ...(settings.mtls ? ["--enable-mtls"] : []),
    ...(annotations.flag("app-ssl") ? ["--app-ssl"] : []),
    ...given("--app-max-concurrency", "app-max-concurrency"),
    ...given("--dapr-http-max-request-size", "http-max-request-size"),
    ...given("--max-body-size", "max-body-size"),
    ...given("--dapr-http-read-buffer-size", "http-read-buffer-size"),
    ...given("--read-buffer-size", "read-buffer-size"),
    ...given("--dapr-block-shutdown-duration", "block-shutdown-duration"),
    ...given("--actors-disseminate-timeout", "actors-disseminate-timeout"),
    ...scheduler(annotations, settings.scheduler ? control("dapr-scheduler-server-a") : undefined),
    ...given("--disable-init-endpoints", "disable-init-endpoints"),
  ];
}

function placement(annotations: DaprAnnotations, settings: InjectorSettings): string[] {
  const { namespace, clusterDomain } = settings;
  const usual = settings.actors ? `dapr-placement-server.${namespace}.svc.${clusterDomain}:50005` : "";
  const address = annotations.text("placement-host-address", usual).trim();
  return address === "" ? [] : ["--placement-host-address", address];
}

function scheduler(annotations: DaprAnnotations, usual: string | undefined): string[] {
  const address = annotations.has("scheduler-host-address") ? annotations.text("scheduler-host-address").trim() : usual;
  return address === undefined ? [] : ["--scheduler-host-address", address];
}

const appHealth = (annotations: DaprAnnotations): string[] => [
  ...["--enable-app-health-check", "--app-health-check-path", annotations.text("app-health-check-path", "/healthz")],
  ...["--app-health-probe-interval", String(annotations.number("app-health-probe-interval", 5))],
  ...["--app-health-probe-timeout", String(annotations.number("app-health-probe-timeout", 500))],
  ...["--app-health-threshold", String(annotations.number("app-health-threshold", 3))],
];

function securityContext(annotations: DaprAnnotations, settings: InjectorSettings) {
  const seccomp = annotations.text("sidecar-seccomp-profile-type");
  const names = [...variablesOf(annotations.text("env")), ...variablesOf(annotations.text("env-from-secret"))];
  // The injector takes this variable for a sign of Windows, where certificates are installed by an administrator.
  const forWindows = names.some(([name]) => name === "SSL_CERT_DIR");
  return {
    allowPrivilegeEscalation: false,
    runAsNonRoot: !forWindows && settings.runAsNonRoot,
    readOnlyRootFilesystem: !forWindows && settings.readOnlyRootFilesystem,
    ...(forWindows ? { windowsOptions: { runAsUserName: "ContainerAdministrator" } } : {}),
    ...(seccomp ? { seccompProfile: { type: seccomp } } : {}),
    ...(settings.dropAllCapabilities ? { capabilities: { drop: ["ALL"] } } : {}),
  };
}

function environment(
  namespace: string,
  annotations: DaprAnnotations,
  settings: InjectorSettings,
): NonNullable<Container["env"]> {
  const own = variablesOf(annotations.text("env"));
  const fromSecrets = variablesOf(annotations.text("env-from-secret"));
  const names = [...own, ...fromSecrets].map(([name]) => name);
  const token = (name: string, annotation: DaprAnnotation) => {
    const secret = annotations.text(annotation);
    return secret ? [{ name, valueFrom: { secretKeyRef: { name: secret, key: "token" } } }] : [];
  };
  return [
    { name: "NAMESPACE", value: namespace },
    // The certificates of the running sentry; which they are, no rendering knows.
    { name: "DAPR_TRUST_ANCHORS", value: "" },
    { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "DAPR_CONTROLPLANE_NAMESPACE", value: settings.namespace },
    { name: "DAPR_CONTROLPLANE_TRUST_DOMAIN", value: settings.trustDomain },
    ...(settings.downwardApi ? [{ name: "DAPR_HOST_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }] : []),
    ...own.map(([name, value]) => ({ name, value })),
    ...fromSecrets.flatMap(([name, value]) => {
      const reference = secretReference(value);
      return reference ? [{ name, valueFrom: { secretKeyRef: reference } }] : [];
    }),
    ...(names.length > 0 ? [{ name: "DAPR_ENV_KEYS", value: names.join(" ") }] : []),
    ...token("DAPR_API_TOKEN", "api-token-secret"),
    ...token("APP_API_TOKEN", "app-token-secret"),
  ];
}

/** `NAME=value,OTHER=value`; a comma divides only before the next `NAME=`. */
export function variablesOf(text: string): (readonly [name: string, value: string])[] {
  return text
    .split(/,(?=\s*[A-Za-z_][A-Za-z0-9_]*=)/)
    .map((part) => part.trim())
    .filter((part) => part.includes("="))
    .map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]);
}

/** `name:key`, or one word for both; `null` where there are more colons. */
export function secretReference(value: string): { readonly name: string; readonly key: string } | null {
  const [name = "", key = name, ...more] = value.split(":").map((part) => part.trim());
  return more.length > 0 ? null : { name, key };
}

function volumeMounts(spec: PodSpec, text: string, readOnly: boolean) {
  const volumes = new Set(listAt(spec, "volumes").map((volume) => at(volume, "name")));
  return text
    .split(",")
    .map((part) => part.trim().split(":"))
    .filter((parts) => parts.length === 2 && volumes.has(parts[0]))
    .map(([name = "", mountPath = ""]) => ({ name, mountPath, readOnly }));
}

const timing = (
  annotations: DaprAnnotations,
  probe: "readiness" | "liveness",
  otherwise: Readonly<Record<"delay" | "timeout" | "period" | "threshold", number>>,
) => ({
  initialDelaySeconds: annotations.number(`sidecar-${probe}-probe-delay-seconds`, otherwise.delay),
  timeoutSeconds: annotations.number(`sidecar-${probe}-probe-timeout-seconds`, otherwise.timeout),
  periodSeconds: annotations.number(`sidecar-${probe}-probe-period-seconds`, otherwise.period),
  failureThreshold: annotations.number(`sidecar-${probe}-probe-threshold`, otherwise.threshold),
});

function resources(annotations: DaprAnnotations): { resources?: NonNullable<Container["resources"]> } {
  const of = (what: "request" | "limit"): Record<string, string> =>
    Object.fromEntries(
      (["cpu", "memory"] as const)
        .map((name) => [name, annotations.text(`sidecar-${name}-${what}`)])
        .filter(([, value]) => value !== ""),
    );
  const [requests, limits] = [of("request"), of("limit")];
  const none = Object.keys(requests).length + Object.keys(limits).length === 0;
  return none ? {} : { resources: { requests, limits } };
}

/** Only variables that the container does not set itself. */
function withDaprVariables(container: Container, annotations: DaprAnnotations): Container {
  const own = container.env ?? [];
  const added = [
    { name: "DAPR_HTTP_PORT", value: String(PORTS.http) },
    { name: "DAPR_GRPC_PORT", value: String(annotations.number("grpc-port", 50_001)) },
    { name: "APP_PROTOCOL", value: appProtocol(annotations) },
  ];
  const wanted = added.filter(({ name, value }) => value !== "" && !own.some((variable) => variable.name === name));
  return { ...container, env: [...own, ...wanted] };
}

function appProtocol(annotations: DaprAnnotations): string {
  const protocol = annotations.text("app-protocol", "http").toLowerCase() || "http";
  const tls = annotations.flag("app-ssl") && (protocol === "http" || protocol === "grpc") ? "s" : "";
  return ["http", "https", "grpc", "grpcs", "h2c"].includes(protocol) ? protocol + tls : "";
}

const tokenVolume = ({ namespace, trustDomain }: InjectorSettings) => ({
  name: TOKEN_VOLUME,
  projected: {
    defaultMode: 0o644,
    sources: [
      {
        serviceAccountToken: {
          audience: `spiffe://${trustDomain}/ns/${namespace}/dapr-sentry`,
          expirationSeconds: 7200,
          path: "token",
        },
      },
    ],
  },
});
