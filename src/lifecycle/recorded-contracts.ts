import type { Json } from "#contracts-check/alternatives";
import { API_FOLDER, MIGRATIONS_FILE, openApiFile } from "#contracts-check/documents";
import { EVENTS_FILE, type EventContracts } from "#contracts-check/event-contracts";
import type { MigrationRecords } from "#contracts-check/migration-records";
import { UserError } from "#model/user-error";
import type { Repository } from "./repository.ts";

/** What `docs/api` of a commit says; what it does not say is `undefined`. */
export interface RecordedContracts {
  readonly migrations: MigrationRecords | undefined;
  readonly events: EventContracts | undefined;
  api(service: string): Json | undefined;
}

/** Reads every commit once. */
export function contractReader(repository: Repository): (commit: string) => RecordedContracts {
  const read = new Map<string, RecordedContracts>();
  return (commit) => {
    const known = read.get(commit) ?? recordedContracts(repository, commit);
    read.set(commit, known);
    return known;
  };
}

function recordedContracts(repository: Repository, commit: string): RecordedContracts {
  const texts = repository.texts(commit, API_FOLDER);
  const document = (path: string): Json | undefined => {
    const text = texts.get(path);
    try {
      return text === undefined ? undefined : (JSON.parse(text) as Json);
    } catch (cause) {
      throw new UserError(
        `${path} of ${commit.slice(0, 7)} is no JSON document, so it cannot be told whether it can be gone back past`,
        "Choose another commit with --to",
        { cause },
      );
    }
  };
  return {
    migrations: document(MIGRATIONS_FILE) as MigrationRecords | undefined,
    events: document(EVENTS_FILE) as EventContracts | undefined,
    api: (service) => document(openApiFile(service)),
  };
}
