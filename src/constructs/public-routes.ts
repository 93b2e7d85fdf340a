import { Construct } from "constructs";
import { idleConnections } from "#model/idle-connections";
import { namespaces, publicCertificateSecret, publicGateway, publicIssuer } from "#model/names";
import type { AnyService, PublicRoute } from "#model/service";
import { type RenderContext, setOrigin } from "./application-chart.ts";
import { builtIn } from "./built-in.ts";
import { customResource } from "./custom-resource.ts";

const GATEWAY_API = "gateway.networking.k8s.io";

/**
 * Requests a second that one address may send to one rule at one proxy; people behind one address share it. A choice: real
 * limits are by user, in the service. Envoy Gateway 1.9 remembers 20 addresses a rule (envoyproxy/gateway#9973).
 */
const REQUESTS_PER_ADDRESS = 100;

/** Streams that one route may hold at one proxy; Envoy's own limit of 1,024 would turn the next browser away. */
const OPEN_STREAMS = 10_000;

/** Routes whose answers are pages and documents. */
const REQUEST_TIMEOUT = "30s";

/** A service that passes on another's streams has long answers itself. */
export const isLongLived = (service: AnyService, route: PublicRoute): boolean =>
  route.longLived === true || Object.values(service.invokes).some(({ streaming }) => streaming === true);

/** Name of a rule, e.g. `api` of `/api`. */
const ruleName = (path: string): string => path.slice(1).replaceAll("/", "-") || "root";

/** Services that public addresses lead to, with their routes by path. */
export const publicServices = ({ model }: RenderContext): (readonly [string, AnyService])[] =>
  Object.entries(model.services).filter(([, { routes }]) => Object.keys(routes).length > 0);

/** Read by ExternalDNS, which takes the host from the route itself. */
const dnsAnnotations = ({ environment }: RenderContext): Record<string, string> =>
  environment.provider.externalDns ? { "external-dns.alpha.kubernetes.io/ttl": "300" } : {};

export interface PublicRoutesProps {
  readonly context: RenderContext;
  readonly name: string;
  readonly service: AnyService;
}

/** One service's routes on the Gateway, in the service's namespace, so that no reference crosses one. */
export class PublicRoutes extends Construct {
  constructor(scope: Construct, id: string, props: PublicRoutesProps) {
    super(scope, id);
    setOrigin(this, `services.${props.name}`);
    this.route(props);
    for (const [path, route] of Object.entries(props.service.routes)) this.traffic(props, path, route);
  }

  private route({ context, name, service }: PublicRoutesProps): void {
    customResource(
      this,
      "route",
      "gateway.networking.k8s.io/HTTPRoute",
      { name, namespace: namespaces.apps, annotations: dnsAnnotations(context) },
      {
        spec: {
          parentRefs: [{ name: publicGateway, namespace: namespaces.ingress, sectionName: "https" }],
          hostnames: [context.environment.domain],
          rules: Object.entries(service.routes).map(([path, route]) => ({
            name: ruleName(path),
            matches: [{ path: { type: "PathPrefix", value: path } }],
            backendRefs: [{ name, port: service.port }],
            // `0s` is never: the default of 15 s would end a stream in the middle.
            timeouts: { request: isLongLived(service, route) ? "0s" : REQUEST_TIMEOUT },
          })),
        },
      },
    );
  }

  private traffic({ name, service }: PublicRoutesProps, path: string, route: PublicRoute): void {
    const rule = ruleName(path);
    const longLived = isLongLived(service, route);
    customResource(
      this,
      `traffic-${rule}`,
      "gateway.envoyproxy.io/BackendTrafficPolicy",
      { name: `${name}-${rule}`, namespace: namespaces.apps },
      {
        spec: {
          targetRefs: [{ group: GATEWAY_API, kind: "HTTPRoute", name, sectionName: rule }],
          rateLimit: { type: "Local", local: { rules: ["0.0.0.0/0", "::/0"].map(perAddress) } },
          timeout: {
            http: {
              connectionIdleTimeout: `${idleConnections.proxySeconds}s`,
              // Heartbeats come far more often; this only ends streams whose client is gone.
              ...(longLived ? { streamIdleTimeout: "1h" } : {}),
            },
          },
          // Nothing was sent yet, so that any request may be sent again, to another pod where this one is ending.
          retry: { numRetries: 2, retryOn: { triggers: ["connect-failure", "reset-before-request"] } },
          ...(longLived ? { circuitBreaker: { maxConnections: OPEN_STREAMS, maxParallelRequests: OPEN_STREAMS } } : {}),
        },
      },
    );
  }
}

const perAddress = (value: string) => ({
  clientSelectors: [{ sourceCIDR: { type: "Distinct" as const, value } }],
  limit: { requests: REQUESTS_PER_ADDRESS, unit: "Second" as const },
});

/**
 * All routes as one Ingress for a controller that the cluster already has. Ingress has no standard for timeouts, retries, rate limits,
 * header rules, path normalisation or a redirect: they must be set at the controller, streams' timeouts above all.
 */
export class IngressRoutes extends Construct {
  constructor(scope: Construct, id: string, context: RenderContext & { readonly className: string }) {
    super(scope, id);
    const { domain } = context.environment;
    const paths = publicServices(context).flatMap(([name, { port, routes }]) =>
      Object.keys(routes).map((path) => ({
        path,
        pathType: "Prefix",
        backend: { service: { name, port: { number: port } } },
      })),
    );
    builtIn(
      this,
      "ingress",
      "networking.k8s.io/v1/Ingress",
      {
        name: publicGateway,
        namespace: namespaces.apps,
        annotations: { "cert-manager.io/cluster-issuer": publicIssuer, ...dnsAnnotations(context) },
      },
      {
        spec: {
          ingressClassName: context.className,
          tls: [{ hosts: [domain], secretName: publicCertificateSecret }],
          rules: [{ host: domain, http: { paths } }],
        },
      },
    );
  }
}
