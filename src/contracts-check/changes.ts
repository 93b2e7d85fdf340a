/** Compares two states of `docs/api/`, and reads that of a commit without checking it out. */
import type { Repository } from "#lifecycle/repository";
import { UserError } from "#model/user-error";
import type { Json } from "./alternatives.ts";
import { API_FOLDER, MIGRATIONS_FILE, serviceOf } from "./documents.ts";
import { eventChanges } from "./event-changes.ts";
import { EVENTS_FILE, type EventContracts } from "./event-contracts.ts";
import { type Finding, finding } from "./finding.ts";
import { httpChanges } from "./http-changes.ts";
import { migrationChanges } from "./migration-changes.ts";
import type { MigrationRecords } from "./migration-records.ts";

/** Texts of `docs/api/` by path. */
export type ContractTexts = ReadonlyMap<string, string>;

/**
 * What became of every contract that is not as it was.
 * @throws UserError when a document is missing or is none
 */
export function contractChanges(before: ContractTexts, now: ContractTexts): Finding[] {
  const services = [...new Set([...before.keys(), ...now.keys()].flatMap((path) => serviceOf(path) ?? []))].sort();
  return [
    ...eventChanges(
      parse(before, EVENTS_FILE) as unknown as EventContracts,
      parse(now, EVENTS_FILE) as unknown as EventContracts,
    ),
    ...services.flatMap((service) => {
      const path = `${API_FOLDER}/openapi-${service}.json`;
      if (!before.has(path)) return [finding(service, "the API", "added")];
      return httpChanges(service, parse(before, path), now.has(path) ? parse(now, path) : {});
    }),
    ...migrationChanges(migrationsIn(before), migrationsIn(now) ?? {}),
  ];
}

/** `undefined`: from before migrations were recorded. */
export const migrationsIn = (texts: ContractTexts): MigrationRecords | undefined =>
  texts.has(MIGRATIONS_FILE) ? (parse(texts, MIGRATIONS_FILE) as unknown as MigrationRecords) : undefined;

/** @throws UserError when the commit recorded no contracts, so that nothing can be said */
export function contractsAt(repository: Repository, commit: string): ContractTexts {
  const texts = repository.texts(commit, API_FOLDER);
  if (texts.has(EVENTS_FILE)) return texts;
  throw new UserError(
    `commit ${commit.slice(0, 12)} recorded no contracts (${EVENTS_FILE}), so what changed since cannot be told`,
    "Compare with a later one: git log -- docs/api",
  );
}

function parse(texts: ContractTexts, path: string): Json {
  try {
    const document: unknown = JSON.parse(texts.get(path) ?? "");
    if (typeof document === "object" && document !== null && !Array.isArray(document)) return document as Json;
  } catch {}
  throw new UserError(`${path} is no JSON document`, "Write it anew with npm run contracts -- --write");
}
