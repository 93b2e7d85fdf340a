/** Where the observability charts find each other; the releases carry their chart's name. */

import type { PlatformInputs } from "../inputs.ts";

const service = (inputs: PlatformInputs, name: string): string => `${name}.${inputs.namespaces.monitoring}.svc`;

export const lokiUrl = (inputs: PlatformInputs): string => `http://${service(inputs, "loki")}:3100`;

export const jaegerQueryUrl = (inputs: PlatformInputs): string => `http://${service(inputs, "jaeger")}:16686`;

/** OTLP over gRPC, without a scheme. */
export const jaegerOtlpEndpoint = (inputs: PlatformInputs): string => `${service(inputs, "jaeger")}:4317`;

/** Where Dapr's sidecars send spans: OTLP over gRPC, without a scheme. */
export const collectorOtlpEndpoint = (inputs: PlatformInputs): string =>
  `${service(inputs, "opentelemetry-collector")}:4317`;
