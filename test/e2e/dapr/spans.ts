/** A collector of spans: Zipkin's JSON, as daprd sends it, and OTLP's, as the services send it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export interface Span {
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string | undefined;
  readonly name: string;
  /** `CLIENT`, `SERVER`, `PRODUCER`, `CONSUMER`; absent: internal. */
  readonly kind: string | undefined;
  readonly service: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface SpanCollector {
  /** For daprd's Configuration. */
  readonly zipkinUrl: string;
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly otlpUrl: string;
  readonly ofSidecars: readonly Span[];
  readonly ofServices: readonly Span[];
  stop(): Promise<void>;
}

interface ZipkinSpan extends Omit<Span, "service" | "parentId"> {
  readonly parentId?: string;
  readonly localEndpoint?: { readonly serviceName?: string };
}

export async function collectSpans(): Promise<SpanCollector> {
  const ofSidecars: Span[] = [];
  const ofServices: Span[] = [];
  const server = createServer(async (request, response) => {
    const body: unknown = await json(request);
    if (request.url === "/api/v2/spans") ofSidecars.push(...(body as ZipkinSpan[]).map(fromZipkin));
    if (request.url === "/v1/traces") ofServices.push(...fromOtlp(body as OtlpRequest));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    zipkinUrl: `${origin}/api/v2/spans`,
    otlpUrl: origin,
    ofSidecars,
    ofServices,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const fromZipkin = ({ localEndpoint, parentId, ...span }: ZipkinSpan): Span => ({
  ...span,
  parentId,
  tags: span.tags ?? {},
  service: localEndpoint?.serviceName ?? "",
});

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string | number };
}
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes?: readonly OtlpAttribute[];
}
interface OtlpRequest {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** OTLP's numbers. */
const KINDS = [undefined, undefined, "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

const fromOtlp = ({ resourceSpans = [] }: OtlpRequest): Span[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = tagsOf(resource.attributes)["service.name"] ?? "";
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId, name, kind, attributes = [] }) => ({
        traceId,
        id: spanId,
        parentId: parentSpanId || undefined,
        name,
        kind: KINDS[kind],
        service,
        tags: tagsOf(attributes),
      })),
    );
  });

const tagsOf = (attributes: readonly OtlpAttribute[]): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue ?? "")]));
