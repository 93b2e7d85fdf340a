import { Construct } from "constructs";
import { namespaces, publicCertificateSecret, publicGateway, publicIssuer } from "#model/names";
import type { RenderContext } from "./application-chart.ts";
import { customResource } from "./custom-resource.ts";

const IN_CLUSTER_CA = "todo-in-cluster-ca";
const KIND = { group: "cert-manager.io", kind: "ClusterIssuer" } as const;

/** Who signs: Let's Encrypt by HTTP-01, or where nobody could reach a challenge an authority of the cluster's own. */
export class PublicIssuer extends Construct {
  constructor(scope: Construct, id: string, { environment }: RenderContext) {
    super(scope, id);
    const { acmeEmail, gateway } = environment;
    if (acmeEmail === null) {
      this.inClusterAuthority();
      return;
    }
    const http01 =
      gateway.kind === "ingress"
        ? { ingress: { ingressClassName: gateway.className } }
        : {
            gatewayHTTPRoute: {
              parentRefs: [
                { kind: "Gateway", name: publicGateway, namespace: namespaces.ingress, sectionName: "http" },
              ],
            },
          };
    customResource(
      this,
      "issuer",
      "cert-manager.io/ClusterIssuer",
      { name: publicIssuer },
      {
        spec: {
          acme: {
            server: "https://acme-v02.api.letsencrypt.org/directory",
            email: acmeEmail,
            privateKeySecretRef: { name: "letsencrypt-account" },
            solvers: [{ http01 }],
          },
        },
      },
    );
  }

  /** A ClusterIssuer reads its key pair from cert-manager's own namespace. */
  private inClusterAuthority(): void {
    customResource(
      this,
      "self-signed",
      "cert-manager.io/ClusterIssuer",
      { name: "todo-self-signed" },
      {
        spec: { selfSigned: {} },
      },
    );
    customResource(
      this,
      "authority",
      "cert-manager.io/Certificate",
      { name: IN_CLUSTER_CA, namespace: namespaces.certManager },
      {
        spec: {
          isCA: true,
          commonName: IN_CLUSTER_CA,
          secretName: IN_CLUSTER_CA,
          duration: "87600h",
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
          issuerRef: { ...KIND, name: "todo-self-signed" },
        },
      },
    );
    customResource(
      this,
      "issuer",
      "cert-manager.io/ClusterIssuer",
      { name: publicIssuer },
      {
        spec: { ca: { secretName: IN_CLUSTER_CA } },
      },
    );
  }
}

/** The certificate of the environment's domain, for the Gateway's HTTPS listener. */
export class PublicCertificate extends Construct {
  constructor(scope: Construct, id: string, { environment }: RenderContext) {
    super(scope, id);
    customResource(
      this,
      "certificate",
      "cert-manager.io/Certificate",
      { name: publicGateway, namespace: namespaces.ingress },
      {
        spec: {
          secretName: publicCertificateSecret,
          dnsNames: [environment.domain],
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
          issuerRef: { ...KIND, name: publicIssuer },
        },
      },
    );
  }
}
