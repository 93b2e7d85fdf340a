import { Construct } from "constructs";
import { isSingleNode } from "#model/environment";
import { namespaces, publicCertificateSecret, publicGateway } from "#model/names";
import { platform } from "#model/platform-workloads";
import type { Provider } from "#model/provider";
import { bytesQuantity, cpuQuantity, mebibytes, millicores } from "#model/quantities";
import type { RenderContext } from "./application-chart.ts";
import { customResource } from "./custom-resource.ts";
import { HOSTNAME_KEY, namespaceSelector, poolPlacement } from "./labels.ts";

const GATEWAY_API = "gateway.networking.k8s.io";
const ENVOY_API = "gateway.envoyproxy.io";
const own = { name: publicGateway, namespace: namespaces.ingress } as const;

/** One year, without subdomains: the hosts beside the product's are not ours to decide for. */
const HSTS = { name: "Strict-Transport-Security", value: "max-age=31536000" } as const;

/** Requests of one proxy, of which there are `replicas` at least. The numbers are a choice, not a measurement. */
export const envoyProxyFootprint = (single: boolean) => ({
  replicas: single ? 1 : 2,
  requests: { cpu: millicores(single ? 50 : 200), memory: mebibytes(single ? 96 : 256) },
  limits: { memory: mebibytes(single ? 256 : 512) },
});

/** The public Gateway on Envoy: who listens, how many proxies, and what every request passes before a route sees it. */
export class EnvoyEdge extends Construct {
  private readonly context: RenderContext;

  constructor(scope: Construct, id: string, context: RenderContext) {
    super(scope, id);
    this.context = context;
    this.gatewayClass();
    this.proxies();
    this.gateway();
    this.redirectToHttps();
    this.clients();
  }

  private gatewayClass(): void {
    customResource(
      this,
      "class",
      "gateway.networking.k8s.io/GatewayClass",
      { name: publicGateway },
      {
        spec: {
          controllerName: "gateway.envoyproxy.io/gatewayclass-controller",
          parametersRef: { group: ENVOY_API, kind: "EnvoyProxy", ...own },
        },
      },
    );
  }

  private proxies(): void {
    const { environment } = this.context;
    const single = isSingleNode(environment);
    const { replicas, requests, limits } = envoyProxyFootprint(single);
    const { zoneKey } = environment.provider;
    customResource(this, "proxy", "gateway.envoyproxy.io/EnvoyProxy", own, {
      spec: {
        provider: {
          type: "Kubernetes",
          kubernetes: {
            envoyDeployment: {
              ...(single ? { replicas } : {}),
              container: {
                resources: {
                  requests: { cpu: cpuQuantity(requests.cpu), memory: bytesQuantity(requests.memory) },
                  limits: { memory: bytesQuantity(limits.memory) },
                },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  capabilities: { drop: ["ALL"] },
                  runAsNonRoot: true,
                  runAsUser: 65_532,
                  runAsGroup: 65_532,
                  seccompProfile: { type: "RuntimeDefault" },
                },
              },
              pod: {
                ...poolPlacement(environment, "system"),
                ...(single
                  ? {}
                  : {
                      topologySpreadConstraints: [HOSTNAME_KEY, ...(zoneKey ? [zoneKey] : [])].map((topologyKey) => ({
                        topologyKey,
                        maxSkew: 1,
                        whenUnsatisfiable: "ScheduleAnyway",
                        labelSelector: { matchLabels: { ...platform.envoy.selector.matchLabels } },
                      })),
                    }),
              },
            },
            ...(single
              ? {}
              : {
                  envoyHpa: { minReplicas: replicas, maxReplicas: 6, metrics: [cpuAt(70)] },
                  envoyPDB: { minAvailable: 1 },
                }),
            envoyService: loadBalancer(environment.provider),
          },
        },
        // Longer than a load balancer takes to notice; streams that outlive it resume elsewhere.
        shutdown: { drainTimeout: "60s", minDrainDuration: "10s" },
        logging: { level: { default: "warn" } },
      },
    });
  }

  private gateway(): void {
    const { domain } = this.context.environment;
    customResource(this, "gateway", "gateway.networking.k8s.io/Gateway", own, {
      spec: {
        gatewayClassName: publicGateway,
        listeners: [
          {
            name: "http",
            port: 80,
            protocol: "HTTP",
            hostname: domain,
            allowedRoutes: { namespaces: { from: "Same" } },
          },
          {
            name: "https",
            port: 443,
            protocol: "HTTPS",
            hostname: domain,
            tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: publicCertificateSecret }] },
            allowedRoutes: {
              namespaces: { from: "Selector", selector: { matchLabels: namespaceSelector(namespaces.apps) } },
            },
          },
        ],
      },
    });
  }

  /** Challenges of the certificate authority are routes of exact paths, which go before this prefix. */
  private redirectToHttps(): void {
    customResource(
      this,
      "redirect",
      "gateway.networking.k8s.io/HTTPRoute",
      { name: "redirect-to-https", namespace: namespaces.ingress },
      {
        spec: {
          parentRefs: [{ name: publicGateway, sectionName: "http" }],
          hostnames: [this.context.environment.domain],
          rules: [
            {
              filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", port: 443, statusCode: 301 } }],
            },
          ],
        },
      },
    );
  }

  /** Envoy's advice for edge proxies: https://www.envoyproxy.io/docs/envoy/latest/configuration/best_practices/edge */
  private clients(): void {
    const { provider, acmeEmail } = this.context.environment;
    customResource(this, "clients", "gateway.envoyproxy.io/ClientTrafficPolicy", own, {
      spec: {
        targetRefs: [{ group: GATEWAY_API, kind: "Gateway", name: publicGateway }],
        tls: { minVersion: "1.2", alpnProtocols: ["h2", "http/1.1"] },
        http2: { maxConcurrentStreams: 100, initialStreamWindowSize: "64Ki", initialConnectionWindowSize: "1Mi" },
        connection: { bufferLimit: "32Ki" },
        // A client that sends its headers byte by byte holds no connection for long.
        timeout: { http: { requestHeadersReceivedTimeout: "10s" }, tcp: { tlsHandshakeTimeout: "10s" } },
        // Routes and services read one spelling of a path, or a prefix could be walked around.
        path: { escapedSlashesAction: "UnescapeAndRedirect", disableMergeSlashes: false },
        headers: {
          withUnderscoresAction: "RejectRequest",
          // Only sidecars may say who calls; services trust these headers.
          earlyRequestHeaders: { removeOnMatch: [{ type: "Prefix", value: "dapr-" }] },
          // A browser would refuse the cluster's own certificate for a year, without a way round.
          ...(acmeEmail === null ? {} : { lateResponseHeaders: { set: [HSTS] } }),
        },
        // Whatever X-Forwarded-For says was written by the client.
        clientIPDetection: { directSourceIP: {} },
        // Without a header come only connections from inside the cluster, such as cert-manager's self-check.
        ...(provider.kind === "doks" ? { proxyProtocol: { optional: true } } : {}),
      },
    });
  }
}

const cpuAt = (averageUtilization: number) => ({
  type: "ContainerResource",
  containerResource: { name: "cpu", container: "envoy", target: { type: "Utilization", averageUtilization } },
});

/** `Local` keeps the client's address where the load balancer passes packets through; DOKS' proxies them and says who. */
function loadBalancer({ kind }: Provider) {
  if (kind === "kind") return { type: "NodePort" as const };
  const annotations: Record<string, string> = {
    ...(kind === "doks" ? { "service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol": "true" } : {}),
    ...(kind === "oke" ? { "oci.oraclecloud.com/load-balancer-type": "nlb" } : {}),
  };
  return {
    type: "LoadBalancer" as const,
    externalTrafficPolicy: "Local" as const,
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
}
