/** What a pod's annotations ask of its sidecar, as the injector hands it to daprd: flags and environment. */
import { LocalError } from "../local-error.ts";

export interface SidecarDemands {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Annotations with a value that daprd takes as it is. https://docs.dapr.io/reference/arguments-annotations-overview/ */
const VALUES: Readonly<Record<string, string>> = {
  "app-health-check-path": "--app-health-check-path",
  "app-health-probe-interval": "--app-health-probe-interval",
  "app-health-probe-timeout": "--app-health-probe-timeout",
  "app-health-threshold": "--app-health-threshold",
  "app-max-concurrency": "--app-max-concurrency",
  "block-shutdown-duration": "--dapr-block-shutdown-duration",
  "graceful-shutdown-seconds": "--dapr-graceful-shutdown-seconds",
};

const SWITCHES: Readonly<Record<string, string>> = { "enable-app-health-check": "--enable-app-health-check" };

/** Whom the sidecar belongs to and where it listens is given by who starts it; the rest is a matter of the pod alone. */
const ELSEWHERE = new Set([
  "app-id",
  "app-port",
  "app-protocol",
  "config",
  "disable-builtin-k8s-secret-store",
  "enable-metrics",
  "enable-native-sidecar",
  "enabled",
  "log-as-json",
  "metrics-port",
  "sidecar-cpu-limit",
  "sidecar-cpu-request",
  "sidecar-memory-limit",
  "sidecar-memory-request",
  "sidecar-seccomp-profile-type",
  "volume-mounts",
]);

const TOKENS: Readonly<Record<string, string>> = {
  "api-token-secret": "DAPR_API_TOKEN",
  "app-token-secret": "APP_API_TOKEN",
};

/** Reads a key of a Secret in the services' namespace. */
export type ReadSecret = (name: string, key: string) => string;

/** @throws LocalError for an annotation that would be left out in silence */
export function demandsOf(annotations: Readonly<Record<string, string>>, secret: ReadSecret): SidecarDemands {
  const flags: string[] = [];
  const env: Record<string, string> = {};
  for (const [annotation, value] of Object.entries(annotations)) {
    if (!annotation.startsWith("dapr.io/")) continue;
    const name = annotation.slice("dapr.io/".length);
    const [flag, token] = [VALUES[name], TOKENS[name]];
    if (flag) flags.push(flag, value);
    else if (SWITCHES[name]) flags.push(`${SWITCHES[name]}=${value}`);
    else if (token) env[token] = secret(value, "token");
    else if (name === "env-from-secret") Object.assign(env, fromSecrets(value, secret));
    else if (name === "env") Object.assign(env, plainVariables(value));
    else if (!ELSEWHERE.has(name))
      throw new LocalError(`npm run start:dapr does not know the annotation ${annotation}`);
  }
  return { flags, env };
}

/** `VARIABLE=value,...` */
const plainVariables = (list: string): Record<string, string> =>
  Object.fromEntries(
    list.split(",").map((entry) => {
      const [, variable = "", value = ""] = /^([^=]+)=(.*)$/.exec(entry) ?? [];
      if (!variable) throw new LocalError(`dapr.io/env has "${entry}" where VARIABLE=value is meant`);
      return [variable, value];
    }),
  );

/** `VARIABLE=secret:key,...` */
const fromSecrets = (list: string, secret: ReadSecret): Record<string, string> =>
  Object.fromEntries(
    list.split(",").map((entry) => {
      const [, variable = "", name = "", key = ""] = /^([^=]+)=([^:]+):(.+)$/.exec(entry) ?? [];
      if (!variable) throw new LocalError(`dapr.io/env-from-secret has "${entry}" where VARIABLE=secret:key is meant`);
      return [variable, secret(name, key)];
    }),
  );
