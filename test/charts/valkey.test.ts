import { expect, test } from "@jest/globals";
import { App } from "cdk8s";
import { chartsOf } from "#charts/index";
import { thirdPartyApplications } from "#charts/third-party/index";
import { ValkeyChart } from "#charts/valkey";
import { environments } from "#environments";
import { at, contextOf, renderChart } from "#test/support/render-chart";
import { deep } from "#test/support/secrets-in-use";

const render = () => renderChart((app) => new ValkeyChart(app, contextOf(environments.staging)));

test("Valkey's secret and certificate are rendered exactly where its Helm chart is", () => {
  for (const environment of Object.values(environments)) {
    const context = contextOf(environment);
    const chart = thirdPartyApplications(context).some(({ name }) => name === "valkey");
    const access = chartsOf(new App(), context).some(({ application }) => application.application === "valkey-access");
    expect([environment.name, access]).toEqual([environment.name, chart]);
  }
});

test("the password is the one that sidecars present, under the name that the chart's only user has", () => {
  const values = thirdPartyApplications(contextOf(environments.staging)).find(({ name }) => name === "valkey")?.values;
  const secret = render().get(`ExternalSecret ${deep(values, "auth", "usersExistingSecret")}`);
  expect(at(secret, "spec.data")).toEqual([
    {
      secretKey: deep(values, "auth", "aclUsers", "default", "passwordKey"),
      remoteRef: { key: "statestore-credentials", property: "password" },
    },
  ]);
});

test("the certificate covers the host that the state store's component names", () => {
  const values = thirdPartyApplications(contextOf(environments.staging)).find(({ name }) => name === "valkey")?.values;
  const certificate = render().get("Certificate valkey-tls");
  expect(at(certificate, "spec.secretName")).toBe(deep(values, "tls", "existingSecret"));
  const component = chartsOf(new App(), contextOf(environments.staging))
    .flatMap((chart) => chart.toJson() as { kind: string; metadata: { name: string }; spec: unknown }[])
    .find(({ kind, metadata }) => kind === "Component" && metadata.name === "statestore");
  const metadata = deep(component?.spec, "metadata") as { name: string; value: string }[];
  const host = metadata.find(({ name }) => name === "redisHost")?.value.split(":")[0];
  expect(at(certificate, "spec.dnsNames")).toContain(host);
});
