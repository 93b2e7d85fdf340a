import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { demandsOf } from "#local/dapr/annotations";
import { readRendered } from "#local/dapr/documents";

const secret = (name: string, key: string): string => `<${name}/${key}>`;

describe("what a pod asks of its sidecar", () => {
  it("becomes daprd's flags and environment", () => {
    const demands = demandsOf(
      {
        "dapr.io/app-id": "tasks",
        "dapr.io/enable-app-health-check": "true",
        "dapr.io/app-health-check-path": "/readyz",
        "dapr.io/graceful-shutdown-seconds": "10",
        "dapr.io/api-token-secret": "tasks-dapr-api-token",
        "dapr.io/app-token-secret": "tasks-app-api-token",
        "dapr.io/env-from-secret": "KAFKA_CA_CERT=tasks-kafka:ca.crt,KAFKA_CLIENT_KEY=tasks-kafka:user.key",
        "dapr.io/env": "SSL_CERT_FILE=/var/run/ca.crt,LEVEL=a=b",
        "prometheus.io/scrape": "true",
      },
      secret,
    );
    expect(demands).toEqual({
      flags: [
        "--enable-app-health-check=true",
        "--app-health-check-path",
        "/readyz",
        "--dapr-graceful-shutdown-seconds",
        "10",
      ],
      env: {
        DAPR_API_TOKEN: "<tasks-dapr-api-token/token>",
        APP_API_TOKEN: "<tasks-app-api-token/token>",
        KAFKA_CA_CERT: "<tasks-kafka/ca.crt>",
        KAFKA_CLIENT_KEY: "<tasks-kafka/user.key>",
        SSL_CERT_FILE: "/var/run/ca.crt",
        LEVEL: "a=b",
      },
    });
  });

  it("is known of every pod that is rendered", () => {
    const { annotations } = readRendered(join(import.meta.dirname, "../../../gitops/dev"));
    for (const asked of annotations.values()) expect(() => demandsOf(asked, secret)).not.toThrow();
  });

  it("is not left out where it is not known", () => {
    expect(() => demandsOf({ "dapr.io/unix-domain-socket-path": "/tmp" }, secret)).toThrow(
      "does not know the annotation dapr.io/unix-domain-socket-path",
    );
    expect(() => demandsOf({ "dapr.io/env-from-secret": "KAFKA" }, secret)).toThrow("VARIABLE=secret:key");
    expect(() => demandsOf({ "dapr.io/env": "SSL_CERT_FILE" }, secret)).toThrow("VARIABLE=value");
  });
});

describe("an environment that was never rendered", () => {
  it("is told from one that is", () => {
    expect(() => readRendered(join(import.meta.dirname, "nothing"))).toThrow("npm run synth");
  });
});
