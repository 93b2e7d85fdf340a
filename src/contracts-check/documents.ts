/** The files in `docs/api/`: what the contracts are now, for readers and for the comparison with what they become. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HttpApi } from "#contracts/http/define";
import { openApiDocument } from "#contracts/http/openapi";
import type { System } from "#model/system";
import { UserError } from "#model/user-error";
import { ASYNCAPI_FILE, asyncApiDocument } from "./asyncapi.ts";
import { EVENTS_FILE, eventContracts } from "./event-contracts.ts";
import type { MigrationRecords } from "./migration-records.ts";

export const API_FOLDER = "docs/api";

export const MIGRATIONS_FILE = `${API_FOLDER}/migrations.json`;

const OURS = /^(?:events|asyncapi|migrations|openapi-[a-z-]+)\.json$/;

export const openApiFile = (service: string): string => `${API_FOLDER}/openapi-${service}.json`;

/** The service whose document a file of `docs/api/` is. */
export const serviceOf = (path: string): string | undefined => /\/openapi-([a-z-]+)\.json$/.exec(path)?.[1];

export interface Contracts {
  readonly model: System;
  readonly apis: Readonly<Record<string, HttpApi>>;
  readonly migrations: MigrationRecords;
  /** Of the project, which AsyncAPI asks for. */
  readonly version: string;
}

/** Every file with its text, by path. */
export function contractDocuments({ model, apis, migrations, version }: Contracts): Map<string, string> {
  const documents: [string, unknown][] = [
    [EVENTS_FILE, eventContracts(model)],
    [ASYNCAPI_FILE, asyncApiDocument(model, version)],
    [MIGRATIONS_FILE, migrations],
    ...Object.entries(apis).map(([service, api]): [string, unknown] => [
      openApiFile(service),
      openApiDocument(api, { includeInternal: true }),
    ]),
  ];
  return new Map(documents.map(([path, document]) => [path, `${JSON.stringify(document, null, 2)}\n`]));
}

export interface DocumentPlan {
  readonly changed: readonly string[];
  /** Documents of services that have no API any more. */
  readonly removed: readonly string[];
}

/** What would have to change on disk. */
export function planDocuments(root: string, documents: ReadonlyMap<string, string>): DocumentPlan {
  const changed = [...documents].filter(([path, text]) => readOr(join(root, path)) !== text).map(([path]) => path);
  const removed = namesIn(join(root, API_FOLDER))
    .filter((name) => OURS.test(name))
    .map((name) => `${API_FOLDER}/${name}`)
    .filter((path) => !documents.has(path));
  return { changed, removed };
}

/** @throws UserError when a file cannot be written; each file is the old or the new one, never half of one */
export function writeDocuments(root: string, documents: ReadonlyMap<string, string>, plan: DocumentPlan): void {
  try {
    for (const path of plan.changed) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, documents.get(path) ?? "");
      renameSync(`${file}.new`, file);
    }
    for (const path of plan.removed) rmSync(join(root, path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UserError(`cannot write ${API_FOLDER}: ${code}`, "See who owns it and what it may hold", { cause });
  }
}

function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
