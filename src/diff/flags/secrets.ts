import { pathText } from "../leaves.ts";
import { canonical, isMap, mapAt, type Value } from "../value.ts";
import { danger, ruleSet, someOf, warning } from "./rule.ts";

const kinds = new Set([
  "ExternalSecret",
  "ClusterExternalSecret",
  "SecretStore",
  "ClusterSecretStore",
  "PushSecret",
  "Password",
  "TriggerAuthentication",
  "ClusterTriggerAuthentication",
]);

export const secrets = ruleSet(
  {
    "secret-in-manifest": danger("A secret's value stands in the repository, where everybody who can read it has it."),
    "secret-reference": warning("Something reads another secret, or no longer reads one."),
    "secret-source": danger("Secrets come from elsewhere, or go to others."),
  },
  ({ before, after, kind, leaves }, raise) => {
    if (!after) return;
    if (kind === "Secret") {
      for (const field of ["data", "stringData"]) {
        const now = mapAt(after, field);
        const old = mapAt(before, field);
        const keys = Object.keys(now).filter((key) => canonical(now[key]) !== canonical(old[key]));
        if (keys.length > 0) raise("secret-in-manifest", `${field}: ${someOf(keys)}`);
      }
    }
    if (!before) return;
    if (kinds.has(kind)) {
      const changed = leaves
        .filter(({ path }) => path[0] === "spec" && path[1] !== "refreshInterval")
        .map(({ path }) => pathText(path));
      if (changed.length > 0) raise("secret-source", someOf(changed));
      return;
    }
    const references = leaves.filter(({ path, before: old, after: now }) => {
      const named = path.some(
        (step) =>
          typeof step === "string" && /secret/i.test(step) && step !== "allowedSecrets" && step !== "deniedSecrets",
      );
      return named || mentionsSecret(old) || mentionsSecret(now);
    });
    const paths = references
      .filter(({ path }) => kind !== "Secret" && path[0] !== "data")
      .map(({ path }) => pathText(path));
    if (paths.length > 0) raise("secret-reference", someOf(paths));
  },
);

/** A part that was added or removed whole and refers to a secret inside. */
function mentionsSecret(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(mentionsSecret);
  if (!isMap(value)) return false;
  return Object.entries(value).some(([field, item]) => /secret/i.test(field) || mentionsSecret(item));
}
