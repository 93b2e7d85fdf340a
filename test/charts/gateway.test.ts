import { describe, expect, it } from "@jest/globals";
import { Testing } from "cdk8s";
import { GatewayChart } from "#charts/gateway";
import { environments } from "#environments";
import { startServer } from "#kit/http/server";
import type { Environment } from "#model/environment";
import { ingress } from "#model/provider-services";
import { mebibytes, millicores, seconds } from "#model/quantities";
import { api } from "#model/service";
import type { System } from "#model/system";
import { todo } from "#system";

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Record<string, string>;
  };
  // Any resource of the chart; each test says which fields it reads.
  readonly spec: ReturnType<typeof JSON.parse>;
}

const render = (environment: Environment, model: System = todo): Manifest[] =>
  new GatewayChart(Testing.app(), { model, environment, images: {} }).toJson();

function one(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter((m) => m.kind === kind && (name === undefined || m.metadata.name === name));
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} of ${kind} ${name ?? ""}`);
  return found[0];
}

const { dev, staging, "prod-gke": gke, "prod-oke": oke } = environments;
const onIngress = { ...gke, gateway: ingress({ className: "nginx" }) };

describe("the gateway", () => {
  it("routes each public path of the model to its service, on the environment's host, over HTTPS alone", () => {
    const routes = render(gke).filter(
      ({ kind, metadata }) => kind === "HTTPRoute" && metadata.namespace === "todo-apps",
    );
    const reached = routes.flatMap(({ spec }) =>
      spec.rules.map((rule: { matches: [{ path: unknown }]; backendRefs: unknown }) => [
        spec.hostnames,
        spec.parentRefs[0].sectionName,
        rule.matches[0].path,
        rule.backendRefs,
      ]),
    );
    const host = ["todo.gke.example.com"];
    expect(reached).toEqual([
      [host, "https", { type: "PathPrefix", value: "/" }, [{ name: "frontend", port: 3000 }]],
      [host, "https", { type: "PathPrefix", value: "/api" }, [{ name: "gateway", port: 8080 }]],
      [host, "https", { type: "PathPrefix", value: "/ws" }, [{ name: "realtime", port: 8086 }]],
    ]);
  });

  it("never times out a route that streams, one that passes on another's stream included", () => {
    const timeouts = render(gke)
      .filter(({ kind, metadata }) => kind === "HTTPRoute" && metadata.namespace === "todo-apps")
      .map(({ metadata, spec }) => [metadata.name, spec.rules[0].timeouts.request]);
    expect(timeouts).toEqual([
      ["frontend", "0s"],
      ["gateway", "0s"],
      ["realtime", "0s"],
    ]);
    for (const name of ["gateway-api", "realtime-ws", "frontend-root"]) {
      expect(one(render(gke), "BackendTrafficPolicy", name).spec).toMatchObject({
        timeout: { http: { streamIdleTimeout: "1h" } },
        circuitBreaker: { maxConnections: 10_000 },
      });
    }
  });

  it("times out a route whose answers are short", () => {
    const resources = {
      requests: { cpu: millicores(1), memory: mebibytes(1) },
      limits: { cpu: millicores(500), memory: mebibytes(1) },
    };
    const docs = api({
      purpose: "documents",
      port: 9000,
      routes: { "/docs/api": {} },
      scale: { min: 1, max: 1 },
      resources,
      drain: seconds(1),
    });
    const manifests = render(gke, { ...todo, services: { docs } });
    expect(one(manifests, "HTTPRoute", "docs").spec.rules).toEqual([
      expect.objectContaining({ name: "docs-api", timeouts: { request: "30s" } }),
    ]);
    expect(one(manifests, "BackendTrafficPolicy", "docs-docs-api").spec.timeout.http).not.toHaveProperty(
      "streamIdleTimeout",
    );
  });

  it("lets go of an idle connection before the server behind it does, and sends again what was not sent", async () => {
    const { server, stop } = await startServer(() => new Response(), 0, "127.0.0.1");
    const policies = render(staging).filter(({ kind }) => kind === "BackendTrafficPolicy");
    expect(policies).toHaveLength(3);
    for (const { spec } of policies) {
      const [, idle] = /^(\d+)s$/.exec(spec.timeout.http.connectionIdleTimeout) ?? [];
      expect(Number(idle) * 1_000).toBeLessThan(server.keepAliveTimeout);
      expect(spec.retry.retryOn).toEqual({ triggers: ["connect-failure", "reset-before-request"] });
    }
    await stop(0);
  });

  it("limits each address at each rule, in both families", () => {
    for (const { spec } of render(staging).filter(({ kind }) => kind === "BackendTrafficPolicy")) {
      const rules: { clientSelectors: [{ sourceCIDR: unknown }] }[] = spec.rateLimit.local.rules;
      expect(rules.map((rule) => rule.clientSelectors[0].sourceCIDR)).toEqual([
        { type: "Distinct", value: "0.0.0.0/0" },
        { type: "Distinct", value: "::/0" },
      ]);
    }
  });

  it("lets services attach to HTTPS only, and answers HTTP with a redirect", () => {
    const manifests = render(gke);
    const [http, https] = one(manifests, "Gateway").spec.listeners;
    expect(http).toMatchObject({ port: 80, allowedRoutes: { namespaces: { from: "Same" } } });
    expect(https).toMatchObject({
      port: 443,
      tls: { mode: "Terminate", certificateRefs: [{ name: one(manifests, "Certificate").spec.secretName }] },
      allowedRoutes: { namespaces: { selector: { matchLabels: { "kubernetes.io/metadata.name": "todo-apps" } } } },
    });
    expect(one(manifests, "HTTPRoute", "redirect-to-https").spec).toMatchObject({
      parentRefs: [{ sectionName: "http" }],
      rules: [{ filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] }],
    });
  });

  it("takes from clients neither old TLS, nor their word for an address, nor a sidecar's headers", () => {
    expect(one(render(gke), "ClientTrafficPolicy").spec).toMatchObject({
      tls: { minVersion: "1.2" },
      clientIPDetection: { directSourceIP: {} },
      path: { escapedSlashesAction: "UnescapeAndRedirect" },
      headers: { earlyRequestHeaders: { removeOnMatch: [{ type: "Prefix", value: "dapr-" }] } },
    });
  });

  it("promises HTTPS for a year only where the certificate is one that browsers trust", () => {
    expect(one(render(gke), "ClientTrafficPolicy").spec.headers.lateResponseHeaders).toEqual({
      set: [{ name: "Strict-Transport-Security", value: "max-age=31536000" }],
    });
    expect(one(render(dev), "ClientTrafficPolicy").spec.headers).not.toHaveProperty("lateResponseHeaders");
  });

  it("has certificates signed by Let's Encrypt through the Gateway, or in the cluster where it has no contact", () => {
    expect(one(render(gke), "ClusterIssuer").spec.acme).toMatchObject({
      email: "platform@example.com",
      solvers: [
        { http01: { gatewayHTTPRoute: { parentRefs: [{ name: "todo", namespace: "ingress", sectionName: "http" }] } } },
      ],
    });
    const manifests = render(dev);
    expect(one(manifests, "ClusterIssuer", "todo-public").spec.ca.secretName).toBe(
      one(manifests, "Certificate", "todo-in-cluster-ca").spec.secretName,
    );
    expect(one(manifests, "Certificate", "todo-in-cluster-ca").metadata.namespace).toBe("cert-manager");
  });

  it("runs spread proxies that survive a drain, except on one node", () => {
    const kubernetes = (environment: Environment) => one(render(environment), "EnvoyProxy").spec.provider.kubernetes;
    expect(kubernetes(gke)).toMatchObject({
      envoyHpa: { minReplicas: 2 },
      envoyPDB: { minAvailable: 1 },
      envoyService: { type: "LoadBalancer", externalTrafficPolicy: "Local" },
    });
    expect(kubernetes(gke).envoyDeployment).not.toHaveProperty("replicas");
    expect(kubernetes(gke).envoyDeployment.pod.topologySpreadConstraints).toHaveLength(2);
    expect(kubernetes(staging).envoyDeployment.pod.topologySpreadConstraints).toHaveLength(1);
    expect(kubernetes(dev)).toMatchObject({ envoyDeployment: { replicas: 1 }, envoyService: { type: "NodePort" } });
    expect(kubernetes(dev)).not.toHaveProperty("envoyHpa");
  });

  it("learns the client's address from DOKS' load balancer, and has OCI's pass it through", () => {
    expect(one(render(staging), "EnvoyProxy").spec.provider.kubernetes.envoyService.annotations).toEqual({
      "service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol": "true",
    });
    expect(one(render(staging), "ClientTrafficPolicy").spec.proxyProtocol).toEqual({ optional: true });
    expect(one(render(gke), "ClientTrafficPolicy").spec).not.toHaveProperty("proxyProtocol");
    expect(one(render(oke), "EnvoyProxy").spec.provider.kubernetes.envoyService.annotations).toEqual({
      "oci.oraclecloud.com/load-balancer-type": "nlb",
    });
  });

  it("becomes one Ingress where the cluster has a controller of its own", () => {
    const manifests = render(onIngress);
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(["ClusterIssuer", "Ingress"]);
    expect(one(manifests, "Ingress")).toMatchObject({
      metadata: { namespace: "todo-apps", annotations: { "cert-manager.io/cluster-issuer": "todo-public" } },
      spec: {
        ingressClassName: "nginx",
        tls: [{ hosts: ["todo.gke.example.com"] }],
        rules: [{ http: { paths: [{ path: "/" }, { path: "/api" }, { path: "/ws" }] } }],
      },
    });
    expect(one(manifests, "ClusterIssuer").spec.acme.solvers).toEqual([
      { http01: { ingress: { ingressClassName: "nginx" } } },
    ]);
  });
});
