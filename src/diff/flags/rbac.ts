import type { Manifest } from "#emit/document";
import { canonical, type Fields, mapAt, mapsAt, textsAt } from "../value.ts";
import { danger, info, ruleSet, someOf, warning } from "./rule.ts";

/** One right: the smallest thing that a rule grants. */
interface Right {
  readonly verb: string;
  /** Path of the API instead of a resource. */
  readonly path?: string;
  readonly group: string;
  readonly resource: string;
  /** `*` where every name is meant. */
  readonly name: string;
}

function* rightsOf(manifest: Manifest | undefined): Iterable<Right> {
  for (const rule of mapsAt(manifest, "rules")) {
    const names = textsAt(rule, "resourceNames");
    for (const verb of textsAt(rule, "verbs")) {
      for (const path of textsAt(rule, "nonResourceURLs")) yield { verb, path, group: "", resource: "", name: "*" };
      for (const group of textsAt(rule, "apiGroups")) {
        for (const resource of textsAt(rule, "resources")) {
          for (const name of names.length === 0 ? ["*"] : names) yield { verb, group, resource, name };
        }
      }
    }
  }
}

function covers(had: Right, wanted: Right): boolean {
  if (had.verb !== "*" && had.verb !== wanted.verb) return false;
  if (had.path !== undefined || wanted.path !== undefined) {
    if (had.path === undefined || wanted.path === undefined) return false;
    return had.path === wanted.path || (had.path.endsWith("*") && wanted.path.startsWith(had.path.slice(0, -1)));
  }
  return (
    (had.name === "*" || had.name === wanted.name) &&
    (had.group === "*" || had.group === wanted.group) &&
    coversResource(had.resource, wanted.resource)
  );
}

/** `*` is every resource with its subresources, `*\/scale` the subresource of every resource. */
const coversResource = (had: string, wanted: string): boolean =>
  had === "*" || had === wanted || (had.startsWith("*/") && wanted.endsWith(had.slice(1)));

const text = ({ verb, path, group, resource, name }: Right): string =>
  `${verb} ${path ?? (group === "" ? resource : `${resource}.${group}`)}${name === "*" ? "" : ` "${name}"`}`;

const powerful = new Set([
  "pods/exec",
  "pods/attach",
  "pods/ephemeralcontainers",
  "nodes/proxy",
  "serviceaccounts/token",
]);

/** Rights by which whoever has them can give himself any other. */
const isPowerful = ({ verb, path, group, resource, name }: Right): boolean =>
  verb === "*" ||
  path === "*" ||
  group === "*" ||
  resource.includes("*") ||
  ["escalate", "bind", "impersonate"].includes(verb) ||
  (resource === "secrets" && name === "*") ||
  powerful.has(resource) ||
  (/roles|rolebindings|webhookconfigurations/.test(resource) && ["create", "update", "patch"].includes(verb));

export const rbac = ruleSet(
  {
    "rbac-wider": danger("A role grants more than it did."),
    "rbac-new": warning("A new role grants rights."),
    "rbac-powerful": danger("A new role grants everything of something, or rights that lead to all others."),
    "rbac-aggregation": danger("A ClusterRole takes up the rules of other roles."),
    "rbac-subject": danger("Somebody else gets the rights of a role."),
    "rbac-binding": warning("A new binding gives somebody rights in a namespace."),
    "rbac-cluster-binding": danger("A new binding gives somebody rights in the whole cluster."),
    "rbac-narrower": info("A role grants less than it did: whoever needs it fails."),
    "token-automounted": warning("Pods get a token for the Kubernetes API that they did not have."),
    "identity-changed": danger("Pods act under another identity, in the cluster or in the cloud."),
  },
  ({ before, after, kind }, raise) => {
    if (!after) return;
    if (kind === "Role" || kind === "ClusterRole") {
      const had = [...rightsOf(before)];
      const has = [...rightsOf(after)];
      const gained = has.filter((right) => !had.some((old) => covers(old, right)));
      const lost = had.filter((right) => !has.some((now) => covers(now, right)));
      if (gained.length > 0) {
        const words = `may now ${someOf(gained.map(text))}`;
        if (before) raise("rbac-wider", words);
        else raise(gained.some(isPowerful) ? "rbac-powerful" : "rbac-new", words);
      }
      if (lost.length > 0) raise("rbac-narrower", `may no longer ${someOf(lost.map(text))}`);
      const selectors = canonical(mapAt(after, "aggregationRule"));
      if (selectors !== "{}" && selectors !== canonical(mapAt(before, "aggregationRule"))) {
        raise("rbac-aggregation", "its rules are those of every ClusterRole that its aggregationRule selects");
      }
    }
    if (kind === "RoleBinding" || kind === "ClusterRoleBinding") {
      const role = mapAt(after, "roleRef");
      const had = new Set(mapsAt(before, "subjects").map(subjectText));
      const gained = mapsAt(after, "subjects")
        .map(subjectText)
        .filter((subject) => !had.has(subject));
      const words = `${someOf(gained)} ${gained.length === 1 ? "gets" : "get"} ${role.kind} ${role.name}`;
      if (!before) raise(kind === "ClusterRoleBinding" ? "rbac-cluster-binding" : "rbac-binding", words);
      else if (gained.length > 0) raise("rbac-subject", words);
      else if (canonical(role) !== canonical(mapAt(before, "roleRef")))
        raise("rbac-subject", `its subjects get ${role.kind} ${role.name}`);
    }
    if (kind === "ServiceAccount") {
      if (before && before.automountServiceAccountToken === false && after.automountServiceAccountToken !== false) {
        raise("token-automounted", "automountServiceAccountToken is no longer false");
      }
      inspectIdentity(
        before && mapAt(before, "metadata", "annotations"),
        mapAt(after, "metadata", "annotations"),
        (words) => raise("identity-changed", words),
      );
    }
  },
);

const subjectText = (subject: Fields): string =>
  `${subject.kind} ${subject.namespace === undefined ? "" : `${subject.namespace}/`}${subject.name}`;

const identityKeys = /azure\.workload\.identity|iam\.gke\.io|eks\.amazonaws\.com\/role|oci\.oraclecloud\.com/;

/** Which cloud identity a service account stands for. */
function inspectIdentity(before: Fields | undefined, after: Fields, tell: (words: string) => void): void {
  if (!before) return;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (identityKeys.test(key) && before[key] !== after[key])
      tell(`${key}: ${before[key] ?? "none"} becomes ${after[key] ?? "none"}`);
  }
}
