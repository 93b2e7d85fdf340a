/** Secrets of what is no service: each only where what reads it is installed. */
import type { Construct } from "constructs";
import type { RenderContext } from "#constructs/application-chart";
import {
  addExternalSecret,
  addOptionalSecret,
  type ExternalSecretProps,
  fromSource,
  type SecretRef,
} from "#constructs/external-secret";
import { kafkaAuthentication, saslMechanism } from "#model/kafka-connection";
import { kafkaUsers, namespaces, platformSecrets, secretNames } from "#model/names";
import type { ThirdPartyApplication } from "./third-party/index.ts";
import { thirdPartyApplications } from "./third-party/index.ts";

type Charts = ReadonlySet<ThirdPartyApplication["name"]>;

const keys = (secret: string, ...names: readonly string[]): Record<string, SecretRef> =>
  Object.fromEntries(names.map((key) => [key, fromSource(secret, key)]));

export function addPlatformSecrets(scope: Construct, context: RenderContext): void {
  const installed: Charts = new Set(thirdPartyApplications(context).map(({ name }) => name));
  for (const props of secretsOf(context, installed))
    addExternalSecret(scope, `${props.namespace}-${props.name}`, props);
  if (installed.has("argo-cd")) {
    addOptionalSecret(scope, "argocd-notifications", {
      name: platformSecrets.argocdNotifications,
      namespace: namespaces.argocd,
      // Argo CD's controllers look at no Secret without it.
      secretLabels: { "app.kubernetes.io/part-of": "argocd" },
    });
  }
}

function secretsOf({ environment }: RenderContext, installed: Charts): ExternalSecretProps[] {
  const { grafanaAdmin, alertmanagerReceivers, externalDns } = platformSecrets;
  return [
    ...(installed.has("kube-prometheus-stack")
      ? [
          {
            name: grafanaAdmin,
            namespace: namespaces.monitoring,
            values: keys(grafanaAdmin, "admin-user", "admin-password"),
          },
        ]
      : []),
    ...(installed.has("kube-prometheus-stack") && environment.size.kind !== "single-node"
      ? [
          {
            name: alertmanagerReceivers,
            namespace: namespaces.monitoring,
            values: keys(alertmanagerReceivers, "pagerduty-routing-key", "slack-webhook-url"),
          },
        ]
      : []),
    ...(installed.has("external-dns") && environment.provider.externalDns === "digitalocean"
      ? [{ name: externalDns, namespace: namespaces.externalDns, values: keys(externalDns, "token") }]
      : []),
    ...(installed.has("kafka-ui") && kafkaAuthentication(environment) === "password" ? [kafkaUi(environment)] : []),
    ...(environment.pullSecret === null ? [] : pullSecrets(environment.pullSecret)),
  ];
}

/** Java takes user and password as one line of its own notation, in which a backslash and a quote have a meaning. */
function kafkaUi(environment: RenderContext["environment"]): ExternalSecretProps {
  const name = secretNames.kafka(kafkaUsers.kafkaUi);
  const module =
    saslMechanism(environment) === "PLAINTEXT"
      ? "org.apache.kafka.common.security.plain.PlainLoginModule"
      : "org.apache.kafka.common.security.scram.ScramLoginModule";
  return {
    name,
    namespace: namespaces.infra,
    values: keys(name, "username", "password"),
    template: { jaas: `${module} required username={{ .username | quote }} password={{ .password | quote }};` },
  };
}

const pullSecrets = (name: string): ExternalSecretProps[] =>
  [namespaces.apps, namespaces.infra].map((namespace) => ({
    name,
    namespace,
    values: keys(name, "value"),
    template: { ".dockerconfigjson": "{{ .value }}" },
    type: "kubernetes.io/dockerconfigjson",
  }));
