import { describe, expect, test } from "@jest/globals";
import { platformInputs } from "#charts/third-party/platform-inputs";
import { daprValues } from "#charts/third-party/values/dapr";
import { knownAnnotations, unfollowedAnnotations } from "#checks/dapr-annotations";
import { injectSidecar, secretReference, variablesOf } from "#checks/injected-sidecar";
import { injectorSettingsOf } from "#checks/injector-settings";
import { restrictedProblems } from "#checks/pod-security";
import type { PodSpec } from "#checks/pods";
import { environments } from "#environments";

const settings = injectorSettingsOf(daprValues(platformInputs(environments.staging)), "dapr-system");

const spec: PodSpec = {
  containers: [{ name: "app", env: [{ name: "DAPR_HTTP_PORT", value: "1" }] }],
  volumes: [{ name: "token", emptyDir: {} }],
};

const inject = (annotations: Record<string, string>, pod: PodSpec = spec, chosen = settings) =>
  injectSidecar({ namespace: "todo-apps", labels: { a: "b" }, annotations, spec: pod }, chosen);

const enabled = { "dapr.io/enabled": "true", "dapr.io/app-id": "app" };
const sidecar = (annotations: Record<string, string>) => {
  const found = inject({ ...enabled, ...annotations }).spec.containers.find(({ name }) => name === "daprd");
  if (!found) throw new Error("no sidecar");
  return found;
};

describe("a pod with its sidecar", () => {
  test("is the pod itself where none is asked for, or one is there", () => {
    expect(inject({})).toEqual({ labels: { a: "b" }, spec });
    expect(inject({ "dapr.io/enabled": "no" }).spec).toBe(spec);
    const own: PodSpec = { containers: [{ name: "app" }], initContainers: [{ name: "daprd" }] };
    expect(inject(enabled, own).spec).toBe(own);
  });

  test("carries the injector's labels, identity token and variables", () => {
    const { labels, spec: injected } = inject({ ...enabled, "dapr.io/enable-metrics": "false" });
    expect(labels).toEqual({
      a: "b",
      "dapr.io/sidecar-injected": "true",
      "dapr.io/app-id": "app",
      "dapr.io/metrics-enabled": "false",
    });
    expect(injected.containers[0]?.env).toEqual([
      { name: "DAPR_HTTP_PORT", value: "1" },
      { name: "DAPR_GRPC_PORT", value: "50001" },
      { name: "APP_PROTOCOL", value: "http" },
    ]);
    expect(injected.volumes).toContainEqual(
      expect.objectContaining({
        name: "dapr-identity-token",
        projected: expect.objectContaining({
          sources: [
            {
              serviceAccountToken: {
                audience: "spiffe://cluster.local/ns/dapr-system/dapr-sentry",
                expirationSeconds: 7200,
                path: "token",
              },
            },
          ],
        }),
      }),
    );
  });

  test("starts a native sidecar before the app", () => {
    const { spec: injected } = inject({ ...enabled, "dapr.io/enable-native-sidecar": "true" });
    expect(injected.containers.map(({ name }) => name)).toEqual(["app"]);
    expect(injected.initContainers).toEqual([expect.objectContaining({ name: "daprd", restartPolicy: "Always" })]);
  });

  test("has the resources of its annotations and none without", () => {
    expect(sidecar({})).not.toHaveProperty("resources");
    expect(
      sidecar({ "dapr.io/sidecar-memory-limit": "320Mi", "dapr.io/sidecar-cpu-request": "50m" }).resources,
    ).toEqual({
      requests: { cpu: "50m" },
      limits: { memory: "320Mi" },
    });
  });

  test("mounts only volumes that the pod has", () => {
    const { volumeMounts } = sidecar({
      "dapr.io/volume-mounts": "token:/token,other:/other",
      "dapr.io/volume-mounts-rw": "token:/again,broken",
    });
    expect(volumeMounts?.map(({ name, mountPath, readOnly }) => [name, mountPath, readOnly])).toEqual([
      ["token", "/token", true],
      ["token", "/again", false],
      ["dapr-identity-token", "/var/run/secrets/dapr.io/sentrytoken", true],
    ]);
  });

  test("reads secrets into variables and lists their names", () => {
    const { env } = sidecar({
      "dapr.io/env-from-secret": "A=s:k, B=both,C=a:b:c",
      "dapr.io/env": "LIST=1,2,3",
      "dapr.io/api-token-secret": "token",
    });
    expect(env).toContainEqual({ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k" } } });
    expect(env).toContainEqual({ name: "B", valueFrom: { secretKeyRef: { name: "both", key: "both" } } });
    expect(env?.map(({ name }) => name)).not.toContain("C");
    expect(env).toContainEqual({ name: "LIST", value: "1,2,3" });
    expect(env).toContainEqual({ name: "DAPR_ENV_KEYS", value: "LIST A B C" });
    expect(env).toContainEqual({
      name: "DAPR_API_TOKEN",
      valueFrom: { secretKeyRef: { name: "token", key: "token" } },
    });
  });

  test("keeps the default of a number that is none", () => {
    expect(sidecar({ "dapr.io/metrics-port": "many" }).ports?.at(-1)).toEqual({
      name: "dapr-metrics",
      containerPort: 9090,
    });
  });

  test("knows placement only where actors are on, and an annotation before both", () => {
    const args = (annotations: Record<string, string>, actors: boolean): unknown =>
      inject({ ...enabled, ...annotations }, spec, { ...settings, actors }).spec.containers.at(-1)?.args;
    expect(args({}, false)).not.toContain("--placement-host-address");
    expect(args({}, true)).toContain("dapr-placement-server.dapr-system.svc.cluster.local:50005");
    expect(args({ "dapr.io/placement-host-address": "elsewhere:1" }, false)).toContain("elsewhere:1");
  });

  test("is admitted at restricted with our values of the chart, and not with the chart's own", () => {
    const strict: PodSpec = {
      ...spec,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    };
    const problems = (chosen: typeof settings): string[] =>
      restrictedProblems({ annotations: enabled, spec: inject(enabled, strict, chosen).spec }).filter((problem) =>
        problem.includes("daprd"),
      );
    expect(problems(settings)).toEqual([]);
    expect(problems(injectorSettingsOf({}, "dapr-system"))).toEqual(["container daprd: capabilities do not drop ALL"]);
  });
});

describe("Dapr's annotations", () => {
  test("are the injector's, those that are not followed among them", () => {
    expect(knownAnnotations.size).toBe(64);
    for (const annotation of unfollowedAnnotations) expect(knownAnnotations).toContain(annotation);
  });

  test("divide variables only before the next name", () => {
    expect(variablesOf("A=1,2, B=x=y")).toEqual([
      ["A", "1,2"],
      ["B", "x=y"],
    ]);
    expect(variablesOf("")).toEqual([]);
    expect(secretReference(" s : k ")).toEqual({ name: "s", key: "k" });
  });
});

describe("the injector's settings", () => {
  test("follow the chart's image notation", () => {
    const image = (values: object) => injectorSettingsOf(values, "dapr-system").image;
    expect(image({})).toBe("ghcr.io/dapr/daprd:1.18.3");
    expect(image({ global: { registry: "mirror", tag: "1" } })).toBe("mirror/daprd:1");
    expect(image({ dapr_sidecar_injector: { image: { name: "mirror/own:2" } } })).toBe("mirror/own:2");
  });
});
