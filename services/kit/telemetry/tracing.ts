/** W3C trace context through requests, events and jobs; spans are exported only when an endpoint is configured. */
import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import { ATTR_SERVICE_NAME } from "@opentelemetry/semantic-conventions";

const tracer = () => trace.getTracer("todo-kit");

export interface TracingOptions {
  readonly service: string;
  readonly environment: string;
  /** OTLP/HTTP base address; absent: context is passed on, nothing is exported. */
  readonly endpoint: string | undefined;
  /** Share of new traces that are recorded; a caller's decision is kept. */
  readonly sampling: number;
}

/** @returns what flushes and ends it */
export function startTracing({ service, environment, endpoint, sampling }: TracingOptions): () => Promise<void> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: service, "deployment.environment.name": environment }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(endpoint ? sampling : 0) }),
    spanProcessors: endpoint
      ? [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, "")}/v1/traces` }))]
      : [],
  });
  provider.register({ propagator: new W3CTraceContextPropagator() });
  return () => provider.shutdown();
}

interface Carrier {
  readonly traceparent?: string | null | undefined;
  readonly tracestate?: string | null | undefined;
}

export const contextOf = ({ traceparent, tracestate }: Carrier): Context =>
  propagation.extract(ROOT_CONTEXT, { ...(traceparent ? { traceparent } : {}), ...(tracestate ? { tracestate } : {}) });

/** Headers that carry the current trace on; empty where there is none. */
export function traceHeaders(): { traceparent?: string; tracestate?: string } {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** Trace and span of what is going on, for log lines. */
export function currentIds(): { traceId: string; spanId: string } | undefined {
  const span = trace.getSpanContext(context.active());
  return span ? { traceId: span.traceId, spanId: span.spanId } : undefined;
}

interface SpanOptions {
  readonly kind?: SpanKind;
  readonly parent?: Context;
  readonly attributes?: Attributes;
}

/** Runs `work` in a span; what it throws is recorded and thrown on. */
export function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const { kind = SpanKind.INTERNAL, attributes = {}, parent = context.active() } = options;
  return tracer().startActiveSpan(name, { kind, attributes }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Continues the trace that the headers carry. */
export const traced = <T>(name: string, headers: Headers, work: (span: Span) => Promise<T>): Promise<T> =>
  inSpan(
    name,
    {
      kind: SpanKind.SERVER,
      parent: contextOf({ traceparent: headers.get("traceparent"), tracestate: headers.get("tracestate") }),
    },
    work,
  );
