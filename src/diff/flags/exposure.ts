import type { Manifest } from "#emit/document";
import { at, canonical, type Fields, mapAt, mapsAt, textAt, textsAt, type Value } from "../value.ts";
import { danger, type Raise, ruleSet, type Subject, someOf, warning } from "./rule.ts";

export const exposure = ruleSet(
  {
    exposed: danger("Something is reachable from outside the cluster that was not, or for more people."),
    "public-route": warning("A public address leads to something new."),
    "route-removed": warning("A public address leads nowhere, or somewhere else."),
    "route-changed": warning("Requests of a public address are treated in another way."),
    "route-delegated": danger("Other namespaces may attach routes, or refer to things here."),
    "service-selector": danger("A Service sends traffic to other pods."),
    "service-ports": warning("A Service listens on other ports: who calls the old ones fails."),
    "edge-weaker": danger("The public edge limits or checks less than it did."),
    "edge-changed": warning("The public edge works in another way."),
    "source-ranges": danger("A load balancer accepts other addresses."),
  },
  (subject, raise) => {
    const { kind, group, after } = subject;
    if (!after) return;
    if (kind === "Service" && group === "") inspectService(subject, after, raise);
    if (kind === "Ingress") inspectIngress(subject, after, raise);
    if (group === "gateway.networking.k8s.io") inspectGateway(subject, after, raise);
    if (group === "gateway.envoyproxy.io") inspectEnvoy(subject, after, raise);
  },
);

type Tell = Raise<keyof typeof exposure.rules & string>;

const words = (path: string, before: Value | undefined, after: Value | undefined): string =>
  `${path}: ${before === undefined ? "unset" : String(before)} becomes ${after === undefined ? "unset" : String(after)}`;

const outside = new Set(["LoadBalancer", "NodePort"]);
const internalBalancer =
  /azure-load-balancer-internal|load-balancer-type|network-load-balancer.*internal|do-loadbalancer-network|load-balancer-internal|load-balancer-scheme/;

function inspectService({ before }: Subject, after: Manifest, raise: Tell): void {
  const type = (manifest: Manifest | undefined) => textAt(manifest, "spec", "type") ?? "ClusterIP";
  const isOutside = outside.has(type(after));
  if (isOutside && (!before || type(before) !== type(after)))
    raise(
      "exposed",
      before ? words("spec.type", type(before), type(after)) : `a Service of type ${type(after)} is new`,
    );
  const had = new Set(textsAt(before, "spec", "externalIPs"));
  const addresses = textsAt(after, "spec", "externalIPs").filter((address) => !had.has(address));
  if (addresses.length > 0) raise("exposed", `externalIPs: ${someOf(addresses)}`);
  if (!before) return;
  const annotations = (manifest: Manifest) => mapAt(manifest, "metadata", "annotations");
  for (const [key, value] of Object.entries(annotations(before))) {
    const now = annotations(after)[key];
    if (isOutside && internalBalancer.test(key) && now !== value) raise("exposed", words(key, value, now));
  }
  inspectRanges(
    textsAt(before, "spec", "loadBalancerSourceRanges"),
    textsAt(after, "spec", "loadBalancerSourceRanges"),
    raise,
  );
  if (canonical(at(before, "spec", "selector")) !== canonical(at(after, "spec", "selector"))) {
    raise(
      "service-selector",
      `spec.selector: ${canonical(at(before, "spec", "selector"))} becomes ${canonical(at(after, "spec", "selector"))}`,
    );
  }
  if (at(before, "spec", "externalName") !== at(after, "spec", "externalName"))
    raise(
      "service-selector",
      words("spec.externalName", at(before, "spec", "externalName"), at(after, "spec", "externalName")),
    );
  if (canonical(at(before, "spec", "ports")) !== canonical(at(after, "spec", "ports")))
    raise("service-ports", "spec.ports changed");
  for (const field of [
    "externalTrafficPolicy",
    "internalTrafficPolicy",
    "publishNotReadyAddresses",
    "sessionAffinity",
  ]) {
    if (at(before, "spec", field) !== at(after, "spec", field))
      raise("route-changed", words(`spec.${field}`, at(before, "spec", field), at(after, "spec", field)));
  }
}

/** No range means everybody. */
function inspectRanges(before: readonly string[], after: readonly string[], raise: Tell): void {
  if (before.length === 0) return;
  const gained = after.filter((range) => !before.includes(range));
  if (after.length === 0) raise("source-ranges", "loadBalancerSourceRanges are gone: everybody may connect");
  else if (gained.length > 0) raise("source-ranges", `${someOf(gained)} may connect`);
}

function compareRoutes(
  before: ReadonlyMap<string, string> | undefined,
  after: ReadonlyMap<string, string>,
  raise: Tell,
): void {
  const gained = [...after.keys()].filter((route) => !before?.has(route));
  if (gained.length > 0) raise("public-route", someOf(gained));
  if (!before) return;
  const lost = [...before.keys()].filter((route) => !after.has(route));
  if (lost.length > 0) raise("route-removed", `${someOf(lost)}: gone`);
  const moved = [...after].filter(([route, target]) => before.has(route) && before.get(route) !== target);
  for (const [route, target] of moved)
    raise("route-removed", `${route} leads to ${target} instead of ${before.get(route)}`);
}

function ingressRoutes(manifest: Manifest): Map<string, string> {
  const routes = mapsAt(manifest, "spec", "rules").flatMap((rule) =>
    mapsAt(rule, "http", "paths").map((path): [string, string] => [
      `${String(rule.host ?? "*")}${String(path.path ?? "/")} (${String(path.pathType)})`,
      canonical(path.backend),
    ]),
  );
  const standard = at(manifest, "spec", "defaultBackend");
  return new Map(standard === undefined ? routes : [...routes, ["everything else", canonical(standard)]]);
}

function inspectIngress({ before }: Subject, after: Manifest, raise: Tell): void {
  compareRoutes(before && ingressRoutes(before), ingressRoutes(after), raise);
  if (!before) return;
  if (at(before, "spec", "ingressClassName") !== at(after, "spec", "ingressClassName"))
    raise("edge-changed", "another controller (ingressClassName)");
  if (canonical(at(before, "metadata", "annotations")) !== canonical(at(after, "metadata", "annotations")))
    raise("edge-changed", "annotations, by which the controller is set, changed");
}

function httpRoutes(manifest: Manifest): Map<string, string> {
  const hosts = textsAt(manifest, "spec", "hostnames");
  const routes = mapsAt(manifest, "spec", "rules").flatMap((rule) => {
    const matches = mapsAt(rule, "matches");
    const targets = canonical(
      mapsAt(rule, "backendRefs").map(
        ({ name, namespace, port, weight }) => ({ name, namespace, port, weight }) as Fields as Value,
      ),
    );
    const texts = matches.length > 0 ? matches.map(matchText) : ["/ (PathPrefix)"];
    return texts.flatMap((text) =>
      (hosts.length > 0 ? hosts : ["*"]).map((host): [string, string] => [`${host}${text}`, targets]),
    );
  });
  return new Map(routes);
}

const matchText = (match: Fields): string => {
  const { path, ...others } = match;
  const more = Object.keys(others).length > 0 ? ` ${canonical(others as Value)}` : "";
  return `${textAt(path, "value") ?? "/"} (${textAt(path, "type") ?? "PathPrefix"})${more}`;
};

function inspectGateway({ kind, before }: Subject, after: Manifest, raise: Tell): void {
  if (kind.endsWith("Route")) {
    compareRoutes(before && httpRoutes(before), httpRoutes(after), raise);
    if (!before) return;
    if (canonical(at(before, "spec", "parentRefs")) !== canonical(at(after, "spec", "parentRefs")))
      raise("exposed", "it is attached to other gateways or listeners (parentRefs)");
    const rest = (manifest: Manifest) =>
      canonical(
        mapsAt(manifest, "spec", "rules").map(
          ({ filters, timeouts, retry, sessionPersistence }) =>
            [filters, timeouts, retry, sessionPersistence] as Value[],
        ),
      );
    if (rest(before) !== rest(after)) raise("route-changed", "filters, timeouts or the rules' number changed");
    return;
  }
  if (kind === "ReferenceGrant") {
    const gained = [...(["from", "to"] as const)].flatMap((side) => {
      const had = new Set(mapsAt(before, "spec", side).map(canonical));
      return mapsAt(after, "spec", side)
        .filter((grant) => !had.has(canonical(grant)))
        .map((grant) => `${side} ${String(grant.kind)} ${String(grant.namespace ?? grant.name ?? "*")}`);
    });
    if (gained.length > 0) raise("route-delegated", `grants ${someOf(gained)}`);
    return;
  }
  if (kind !== "Gateway") return;
  const old = new Map(mapsAt(before, "spec", "listeners").map((listener) => [String(listener.name), listener]));
  for (const listener of mapsAt(after, "spec", "listeners")) {
    const name = String(listener.name);
    const known = old.get(name);
    old.delete(name);
    const from = textAt(listener, "allowedRoutes", "namespaces", "from") ?? "Same";
    if (!known)
      raise(
        "exposed",
        `listener ${name} is new: ${String(listener.protocol)} ${String(listener.port)} for ${String(listener.hostname ?? "every host")}`,
      );
    if (from === "All" && textAt(known, "allowedRoutes", "namespaces", "from") !== "All")
      raise("route-delegated", `listener ${name} takes routes of every namespace`);
    else if (known && canonical(at(known, "allowedRoutes")) !== canonical(at(listener, "allowedRoutes")))
      raise("route-delegated", `listener ${name}: allowedRoutes changed`);
    if (!known) continue;
    for (const field of ["protocol", "port", "hostname"]) {
      if (known[field] !== listener[field])
        raise("exposed", `listener ${name}: ${words(field, known[field], listener[field])}`);
    }
  }
  if (old.size > 0) raise("route-removed", `listener ${someOf(old.keys())} is gone`);
  if (before && canonical(at(before, "spec", "gatewayClassName")) !== canonical(at(after, "spec", "gatewayClassName")))
    raise("edge-changed", "another gatewayClassName");
  for (const field of ["addresses", "infrastructure"]) {
    if (before && canonical(at(before, "spec", field)) !== canonical(at(after, "spec", field)))
      raise("exposed", `spec.${field} changed: where the gateway is reached`);
  }
}

/** What guards the edge; anything that goes away there is weaker, anything that changes is worth a look. */
const edgeGuards = [
  "rateLimit",
  "tls",
  "headers",
  "path",
  "jwt",
  "oidc",
  "basicAuth",
  "apiKeyAuth",
  "extAuth",
  "authorization",
  "cors",
  "clientValidation",
  "circuitBreaker",
  "timeout",
  "http1",
  "http2",
  "connection",
  "clientIPDetection",
  "proxyProtocol",
  "provider",
];

function inspectEnvoy({ before }: Subject, after: Manifest, raise: Tell): void {
  if (!before) return;
  for (const field of new Set([
    ...edgeGuards,
    ...Object.keys(mapAt(before, "spec")),
    ...Object.keys(mapAt(after, "spec")),
  ])) {
    const [old, now] = [at(before, "spec", field), at(after, "spec", field)];
    if (canonical(old) === canonical(now)) continue;
    if (old !== undefined && now === undefined) raise("edge-weaker", `spec.${field} is gone`);
    else if (field === "targetRefs" || field === "targetRef" || field === "targetSelectors")
      raise("edge-weaker", `spec.${field} changed: what it guarded may be open`);
    else if (field === "rateLimit") raise("edge-weaker", "spec.rateLimit changed");
    else raise("edge-changed", `spec.${field} changed`);
  }
}
