import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { syncWave } from "#constructs/argocd-annotations";
import { customResource } from "#constructs/custom-resource";
import { addExternalSecret, fromSource } from "#constructs/external-secret";
import { commonLabels } from "#constructs/labels";
import { namespaces, platformSecrets, secretNames, valkey } from "#model/names";
import { waves } from "#model/waves";
import { valkeyUser } from "./third-party/values/valkey.ts";

const ISSUER = `${valkey}-self-signed`;

/** What the Valkey release mounts: its user's password and its certificate. */
export class ValkeyChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    super(scope, {
      context,
      application: "valkey-access",
      origin: `environments.${context.environment.name}`,
      wave: waves.stores,
      project: "platform",
      namespace: namespaces.infra,
    });
    addExternalSecret(this, "users", {
      name: platformSecrets.valkeyUsers,
      namespace: namespaces.infra,
      values: { [valkeyUser]: fromSource(secretNames.stateStore, "password") },
    });
    this.#certificate();
  }

  /** Self-signed: Dapr encrypts and does not verify, so an authority would vouch for it before nobody. */
  #certificate(): void {
    const annotations = syncWave(waves.stores);
    customResource(
      this,
      "issuer",
      "cert-manager.io/ClusterIssuer",
      { name: ISSUER, labels: commonLabels(), annotations },
      { spec: { selfSigned: {} } },
    );
    const host = `${valkey}.${namespaces.infra}.svc`;
    customResource(
      this,
      "certificate",
      "cert-manager.io/Certificate",
      { name: platformSecrets.valkeyTls, namespace: namespaces.infra, labels: commonLabels(), annotations },
      {
        spec: {
          secretName: platformSecrets.valkeyTls,
          commonName: valkey,
          dnsNames: ["localhost", valkey, host, `${host}.cluster.local`],
          // Valkey reads it when it starts: a year, so that its yearly restart is nobody's surprise.
          duration: "8760h",
          renewBefore: "720h",
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: ISSUER },
        },
      },
    );
  }
}
