/** Which secrets an environment's source lacks, and values for those that a machine may choose. */

import type { CatalogueEntry } from "#model/secret-catalogue";
import { UserError } from "#model/user-error";

export type SecretValues = Readonly<Record<string, string>>;

export interface Seed {
  /** Secrets to write, whole: what exists keeps its values, what was missing has new ones. */
  readonly write: ReadonlyMap<string, SecretValues>;
  /** Entries that somebody has to give, with the keys that are missing. */
  readonly give: readonly { readonly entry: CatalogueEntry; readonly keys: readonly string[] }[];
}

/**
 * @param existing secrets that are there already, by name; nothing of them is ever replaced
 * @param random makes a text that nobody can guess and that needs no encoding in a URL
 */
export function seedOf(
  catalogue: readonly CatalogueEntry[],
  existing: ReadonlyMap<string, SecretValues>,
  random: () => string,
): Seed {
  const write = new Map<string, SecretValues>();
  const give: Seed["give"][number][] = [];
  for (const entry of catalogue) {
    const known = existing.get(entry.name) ?? {};
    const keys = entry.keys.filter((key) => !known[key]);
    if (keys.length === 0) continue;
    if (entry.generate) write.set(entry.name, { ...entry.generate(random), ...filled(known) });
    else give.push({ entry, keys });
  }
  return { write, give };
}

const filled = (values: SecretValues): SecretValues =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));

/**
 * Reads `kubectl get secrets -o json`, or one Secret.
 * @throws UserError when it is neither
 */
export function readExisting(text: string, file: string): Map<string, SecretValues> {
  const remedy = "Write it with: kubectl get secrets --namespace infra-secrets --output json";
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${file} is no JSON`, remedy, { cause });
  }
  const { kind, items } = fields(document);
  const secrets = kind === "Secret" ? [document] : Array.isArray(items) ? items : undefined;
  if (!secrets) throw new UserError(`${file} holds no list of Secrets`, remedy);
  return new Map(
    secrets.map((secret) => {
      const { metadata, data } = fields(secret);
      const { name } = fields(metadata);
      if (typeof name !== "string") throw new UserError(`${file} holds something that is no Secret`, remedy);
      return [name, decoded(fields(data))];
    }),
  );
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const decoded = (data: Readonly<Record<string, unknown>>): SecretValues =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(String(value), "base64").toString()]),
  );
