/** Repository jaegertracing/helm-charts, jaeger; seen: values of the 4.x line for Jaeger 2. */

import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { type PlatformInputs, placed, type TraceStore } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";

const store = "traces";

const fromSecret = (env: string, secret: string, key: string): HelmValues => ({
  name: env,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

const credentials = (chosen: TraceStore): readonly HelmValues[] =>
  chosen.kind === "memory"
    ? []
    : [
        fromSecret("TRACE_STORE_USERNAME", chosen.secret, "username"),
        fromSecret("TRACE_STORE_PASSWORD", chosen.secret, "password"),
      ];

// No badger: its volume mounts on one node only, and the chart always rolls the new pod out before the old one ends.
function backend(inputs: PlatformInputs): HelmValues {
  const chosen = inputs.traces.store;
  if (chosen.kind === "memory") return { memory: { max_traces: inputs.size === "small" ? 20_000 : 60_000 } };
  return {
    elasticsearch: {
      server_urls: [chosen.url],
      auth: { basic: { username: "$" + "{env:TRACE_STORE_USERNAME}", password: "$" + "{env:TRACE_STORE_PASSWORD}" } },
      indices: { index_prefix: inputs.name },
    },
  };
}

const config = (inputs: PlatformInputs): HelmValues => ({
  service: {
    extensions: ["jaeger_storage", "jaeger_query", "healthcheckv2"],
    pipelines: { traces: { receivers: ["otlp"], processors: ["batch"], exporters: ["jaeger_storage_exporter"] } },
    telemetry: {
      logs: { level: "info" },
      metrics: { level: "normal", readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: 8888 } } } }] },
    },
  },
  extensions: {
    healthcheckv2: { use_v2: true, http: { endpoint: "0.0.0.0:13133" } },
    jaeger_storage: { backends: { [store]: backend(inputs) } },
    jaeger_query: {
      storage: { traces: store },
      http: { endpoint: "0.0.0.0:16686" },
      grpc: { endpoint: "0.0.0.0:16685" },
    },
  },
  receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } } } },
  processors: { batch: {} },
  exporters: { jaeger_storage_exporter: { trace_storage: store } },
});

export const jaegerValues = (inputs: PlatformInputs): HelmValues => ({
  fullnameOverride: "jaeger",
  userconfig: config(inputs),
  jaeger: {
    replicas: replicas(inputs, "jaeger"),
    extraEnv: credentials(inputs.traces.store),
    resources: resources(inputs, "jaeger", "jaeger"),
    podSecurityContext: { ...restrictedPod, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001 },
    securityContext: restrictedContainer,
    ...placed(inputs),
  },
});
