import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { syncWave } from "#constructs/argocd-annotations";
import { customResource } from "#constructs/custom-resource";
import { addExternalSecret, fromSource } from "#constructs/external-secret";
import { commonLabels } from "#constructs/labels";
import type { CertificateSpec, ClusterIssuerSpec } from "#imports/cert-manager.io";
import { type Namespace, namespaces, platformSecrets, secretNames, valkey } from "#model/names";
import { waves } from "#model/waves";
import { valkeyUser } from "./third-party/values/valkey.ts";

const SELF_SIGNED = `${valkey}-self-signed`;
const AUTHORITY = `${valkey}-authority`;

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
    this.#certificates();
  }

  /**
   * Dapr verifies Valkey's certificate. It is signed by an authority that outlives it, because sidecars read the authority when
   * they start: one that signed itself would lock them out at its first renewal.
   */
  #certificates(): void {
    this.#issuer(SELF_SIGNED, { selfSigned: {} });
    // A ClusterIssuer reads its key pair from cert-manager's own namespace.
    this.#certificate(SELF_SIGNED, namespaces.certManager, {
      secretName: AUTHORITY,
      isCA: true,
      commonName: AUTHORITY,
      duration: "87600h",
    });
    this.#issuer(AUTHORITY, { ca: { secretName: AUTHORITY } });
    const host = `${valkey}.${namespaces.infra}.svc`;
    this.#certificate(AUTHORITY, namespaces.infra, {
      secretName: platformSecrets.valkeyTls,
      commonName: valkey,
      dnsNames: ["localhost", valkey, host, `${host}.cluster.local`],
      // Valkey reads it when it starts: a year, so that its yearly restart is nobody's surprise.
      duration: "8760h",
      renewBefore: "720h",
    });
  }

  #issuer(name: string, spec: ClusterIssuerSpec): void {
    const metadata = { name, labels: commonLabels(), annotations: syncWave(waves.stores) };
    customResource(this, `issuer-${name}`, "cert-manager.io/ClusterIssuer", metadata, { spec });
  }

  /** Named like the Secret that it fills. */
  #certificate(issuer: string, namespace: Namespace, spec: Omit<CertificateSpec, "issuerRef" | "privateKey">): void {
    const name = spec.secretName;
    customResource(
      this,
      `certificate-${name}`,
      "cert-manager.io/Certificate",
      { name, namespace, labels: commonLabels(), annotations: syncWave(waves.stores) },
      {
        spec: {
          ...spec,
          // An authority that keeps its key is the same one to who read it before its renewal.
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: spec.isCA ? "Never" : "Always" },
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: issuer },
        },
      },
    );
  }
}
