/** A seed as what writes it: Secrets for kubectl, or a script for the cloud's own command line. */
import { stringify } from "#emit/stringify";
import type { Environment } from "#model/environment";
import { namespaces } from "#model/names";
import type { SecretValues } from "./secret-seed.ts";

type Seeded = ReadonlyMap<string, SecretValues>;

/** How what `npm run secrets` prints is used. */
export const consumerOf = ({ secrets }: Environment): string =>
  secrets.kind === "kubernetes" ? "kubectl apply -f -" : "sh";

export function seedText(environment: Environment, seeded: Seeded): string {
  if (seeded.size === 0) return "";
  if (environment.secrets.kind === "kubernetes") return kubernetesSecrets(seeded);
  return script(vaultOf(environment), seeded);
}

const kubernetesSecrets = (seeded: Seeded): string =>
  [...seeded]
    .map(([name, stringData]) =>
      stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, namespace: namespaces.secrets, labels: { "app.kubernetes.io/part-of": "todo" } },
        type: "Opaque",
        stringData,
      }),
    )
    .map((document) => `---\n${document}`)
    .join("");

interface Vault {
  /** Lines before everything else. */
  readonly needs: readonly string[];
  /** Prints the names of what is there. */
  readonly list: string;
  /** Takes what `input` made of a secret from its standard input. */
  readonly create: (name: string) => string;
  readonly input: (name: string, text: string) => string;
}

const asItIs = (_name: string, text: string): string => text;
const argument = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function vaultOf({ secrets, provider, name }: Environment): Vault {
  if (secrets.kind === "key-vault") {
    const vault = argument(new URL(secrets.vaultUrl).hostname.split(".")[0] ?? "");
    return {
      needs: [],
      list: `az keyvault secret list --vault-name ${vault} --query '[].name' --output tsv`,
      create: (secret) =>
        `az keyvault secret set --vault-name ${vault} --name ${secret} --file /dev/stdin --encoding utf-8 --output none`,
      input: asItIs,
    };
  }
  if (secrets.kind === "secret-manager" && provider.kind === "gke") {
    const project = argument(provider.projectId);
    return {
      needs: [],
      list: `gcloud secrets list --project ${project} --format 'value(name.basename())'`,
      create: (secret) =>
        `gcloud secrets create ${secret} --project ${project} --replication-policy automatic --data-file -`,
      input: asItIs,
    };
  }
  if (secrets.kind === "oci-vault" && provider.kind === "oke") {
    const place = `--compartment-id ${argument(provider.compartmentId)} --vault-id ${argument(secrets.vaultId)}`;
    return {
      needs: [': "$' + '{OCI_KEY_ID:?set it to the OCID of the key that encrypts the vault}"'],
      list: `oci vault secret list ${place} --all --query 'data[]."secret-name"'`,
      create: (secret) =>
        `oci vault secret create-base64 ${place} --key-id "$OCI_KEY_ID" --secret-name ${secret} --from-json file:///dev/stdin`,
      input: (_name, text) => JSON.stringify({ secretContentContent: Buffer.from(text).toString("base64") }),
    };
  }
  throw new TypeError(`environment ${name} takes its secrets from ${secrets.kind} on ${provider.kind}`);
}

/** Values come by standard input, never on a command line that other processes see; what is there stays as it is. */
function script({ needs, list, create, input }: Vault, seeded: Seeded): string {
  const lines = [
    "set -eu",
    ...needs,
    `there="$(${list} </dev/null)"`,
    `there=" $(printf '%s' "$there" | tr -c 'A-Za-z0-9_-' ' ') "`,
    'missing() { case "$there" in *" $1 "*) return 1 ;; *) return 0 ;; esac; }',
    ...[...seeded].flatMap(([name, values]) => [
      `if missing ${name}; then`,
      `${create(name)} <<'END_OF_SECRET'`,
      input(name, JSON.stringify(values)),
      "END_OF_SECRET",
      "fi",
    ]),
  ];
  return `${lines.join("\n")}\n`;
}
