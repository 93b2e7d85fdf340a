/** Entry of `npm run secrets`: makes what a machine may choose, and says what a person has to give. */
import { randomBytes } from "node:crypto";
import { fstatSync, readFileSync, readlinkSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Environment } from "#model/environment";
import { namespaces } from "#model/names";
import { type CatalogueEntry, secretCatalogue } from "#model/secret-catalogue";
import { UserError } from "#model/user-error";
import { todo } from "#system";
import { exitCodes, runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { consumerOf, seedText } from "./secret-output.ts";
import { readExisting, type Seed, seedOf } from "./secret-seed.ts";

const help = `
Generates the secrets of an environment for where it keeps them, and lists those that only you have.

  npm run -s secrets -- --env NAME [--existing FILE] [--list]

  kubernetes (dev, staging, DOKS)   Secrets of the namespace ${namespaces.secrets}, to be applied:
      kubectl create namespace ${namespaces.secrets}
      npm run -s secrets -- --env dev | kubectl apply -f -
    Later, only what is missing:
      kubectl get secrets -n ${namespaces.secrets} -o json | npm run -s secrets -- --env dev --existing - | kubectl apply -f -
  Key Vault, Secret Manager, OCI Vault   a script for the cloud's command line, which keeps what is there:
      npm run -s secrets -- --env prod-aks | sh

  --existing FILE   output of \`kubectl get secrets -o json\`; \`-\`: standard input
  --list            print what the source has to hold, as JSON and without values, and nothing else

What has to be given by hand is listed on standard error. Nothing is written into this repository.

Exit codes: 0 done, 1 failed, 2 wrong arguments.
`;

const root = resolve(import.meta.dirname, "../..");

/** 256 bits, in characters that no URL, YAML or shell needs quoted. */
const random = (): string => randomBytes(32).toString("base64url");

await runCommand(
  { help, options: { env: { type: "string" }, existing: { type: "string" }, list: { type: "boolean" } } },
  ({ values }) => {
    if (typeof values.env !== "string") throw new UsageError("no environment", "Say which with --env NAME");
    const [environment] = chooseEnvironments([values.env]);
    if (!environment) return exitCodes.usage;
    const catalogue = secretCatalogue(todo, environment);
    if (values.list) {
      console.log(JSON.stringify(catalogue, null, 2));
      return exitCodes.done;
    }
    if (values.existing !== undefined && environment.secrets.kind !== "kubernetes") {
      throw new UsageError(
        `--existing is of no use in ${environment.name}`,
        "Leave it out: the printed script looks into the vault itself",
      );
    }
    refuseRepository();
    const existing = values.existing === undefined ? new Map() : readExisting(read(values.existing), values.existing);
    const seed = withPlaceholders(environment, seedOf(catalogue, existing, random));
    process.stdout.write(seedText(environment, seed.write));
    console.error(summary(environment, seed));
    return exitCodes.done;
  },
);

/** External Secrets takes a missing secret of OCI's for a failure, elsewhere for one that nobody gave. */
function withPlaceholders({ secrets }: Environment, seed: Seed): Seed {
  if (secrets.kind !== "oci-vault") return seed;
  const placeholders = seed.give.filter(({ entry }) => entry.optional).map(({ entry }) => [entry.name, {}] as const);
  return { ...seed, write: new Map([...seed.write, ...placeholders]) };
}

function read(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    throw new UserError(`cannot read ${file}: ${(cause as NodeJS.ErrnoException).code}`, "Give a readable file", {
      cause,
    });
  }
}

/** Secrets in a file of the repository would be committed sooner or later. */
function refuseRepository(): void {
  if (!fstatSync(1).isFile()) return;
  const file = pathOfStdout();
  if (file === undefined || !relative(root, file).startsWith("..")) {
    throw new UserError(
      `standard output is ${file ?? "a file, perhaps of this repository"}: secrets do not belong there`,
      "Pipe it into the command that --help names",
    );
  }
}

function pathOfStdout(): string | undefined {
  try {
    return readlinkSync("/proc/self/fd/1");
  } catch {
    return undefined;
  }
}

function summary(environment: Environment, { write, give }: Seed): string {
  const listed = (entries: Seed["give"]): string[] =>
    entries.map(({ entry, keys }) => `  ${entry.name} (${keys.join(", ")}): ${entry.purpose}${whence(entry)}`);
  const needed = give.filter(({ entry }) => !entry.optional);
  const optional = give.filter(({ entry }) => entry.optional);
  return [
    write.size === 0 ? "nothing to generate" : `generated ${write.size} secrets, for: ${consumerOf(environment)}`,
    ...(needed.length > 0 ? ["to be given by hand, nothing starts without:", ...listed(needed)] : []),
    ...(optional.length > 0 ? ["to be given if you have them:", ...listed(optional)] : []),
    ...(give.length > 0 ? [`how: ${howToGive(environment)}`] : []),
  ].join("\n");
}

function whence({ source }: CatalogueEntry): string {
  return source === "derived" ? " (an output of Terraform)" : "";
}

function howToGive({ secrets }: Environment): string {
  return secrets.kind === "kubernetes"
    ? `kubectl create secret generic NAME -n ${namespaces.secrets} --from-file=KEY=FILE`
    : 'a secret of that name in the vault, whose text is a JSON object: {"KEY": "value"}';
}
