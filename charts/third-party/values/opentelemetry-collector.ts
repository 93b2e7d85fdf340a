/** Repository open-telemetry/opentelemetry-helm-charts; seen: values of a version before 0.170.0. */

import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";
import { jaegerOtlpEndpoint } from "./addresses.ts";

const off: HelmValues = { enabled: false };

/** The chart sets this variable in the pod; the config is read with it. */
const podAddress = "$" + "{env:MY_POD_IP}";

/** One replica sees whole traces and may wait for errors; several see parts, so each decides by the trace's id. */
function sampler(inputs: PlatformInputs): { readonly name: string; readonly config: HelmValues } {
  const sampling_percentage = inputs.traces.samplingPercentage;
  if (replicas(inputs, "opentelemetry-collector") > 1)
    return { name: "probabilistic_sampler", config: { sampling_percentage } };
  return {
    name: "tail_sampling",
    config: {
      decision_wait: "10s",
      num_traces: 5000,
      policies: [
        { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
        { name: "slow", type: "latency", latency: { threshold_ms: 1000 } },
        { name: "share", type: "probabilistic", probabilistic: { sampling_percentage } },
      ],
    },
  };
}

function config(inputs: PlatformInputs): HelmValues {
  const sampling = sampler(inputs);
  return {
    extensions: { health_check: { endpoint: `${podAddress}:13133` } },
    receivers: {
      otlp: { protocols: { grpc: { endpoint: `${podAddress}:4317` }, http: { endpoint: `${podAddress}:4318` } } },
    },
    processors: {
      memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 25 },
      [sampling.name]: sampling.config,
      batch: {},
    },
    exporters: { otlp: { endpoint: jaegerOtlpEndpoint(inputs), tls: { insecure: true } } },
    service: {
      extensions: ["health_check"],
      pipelines: {
        traces: { receivers: ["otlp"], processors: ["memory_limiter", sampling.name, "batch"], exporters: ["otlp"] },
      },
      telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: podAddress, port: 8888 } } } }] } },
    },
  };
}

export const opentelemetryCollectorValues = (inputs: PlatformInputs): HelmValues => ({
  fullnameOverride: "opentelemetry-collector",
  mode: "deployment",
  // Tail sampling is in the contributors' build only.
  image: { repository: "otel/opentelemetry-collector-contrib" },
  command: { name: "otelcol-contrib" },
  // Replaces the chart's config; `config` would be merged into receivers that nobody uses.
  alternateConfig: config(inputs),
  replicaCount: replicas(inputs, "opentelemetry-collector"),
  ports: { "jaeger-compact": off, "jaeger-thrift": off, "jaeger-grpc": off, zipkin: off, metrics: { enabled: true } },
  resources: resources(inputs, "opentelemetry-collector", "collector"),
  useGOMEMLIMIT: true,
  podSecurityContext: { ...restrictedPod, runAsUser: 10001, runAsGroup: 10001 },
  securityContext: restrictedContainer,
  serviceMonitor: { enabled: true },
  ...(inputs.highAvailability ? { podDisruptionBudget: { enabled: true, minAvailable: 1 } } : {}),
  ...prioritised(inputs),
  ...placed(inputs),
});
