import { identity, type RenderedDocument } from "./document.ts";
import { EmitError } from "./errors.ts";
import { header } from "./header.ts";
import { documentPath } from "./path.ts";
import { StringifyError, stringify } from "./stringify.ts";

/** One thing that two documents both claim. */
export interface Collision {
  /** A path, or a resource and its environment. */
  readonly claimed: string;
  /** The model entries that claim it, e.g. `["services.chat", "services.tasks"]`. */
  readonly origins: readonly string[];
}

/** Every collision at once. */
export class CollisionError extends EmitError {
  readonly collisions: readonly Collision[];

  constructor(collisions: readonly Collision[]) {
    const each = collisions.map(({ claimed, origins }) => `${claimed} (from ${origins.join(" and ")})`);
    super(`rendered more than once: ${each.join("; ")}`, "Rename one of each, or render it from one entry only");
    this.collisions = collisions;
  }
}

/**
 * The final text of every document, by path below the output folder; sorted by path.
 * @throws CollisionError when two documents are one resource of one environment, or fall on one path; case is ignored
 * there, as it is on Windows and macOS
 * @throws EmitError naming the document and the field that YAML cannot hold
 */
export function renderFiles(documents: readonly RenderedDocument[]): Map<string, string> {
  const files: [path: string, text: string][] = [];
  const claims = new Claims();
  for (const document of documents) {
    const path = documentPath(document);
    claims.resource(document);
    claims.path(path, document.origin);
    files.push([path, header(document.origin) + text(document)]);
  }
  claims.assertUnique();
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function text(document: RenderedDocument): string {
  try {
    return stringify(document.manifest);
  } catch (error) {
    if (!(error instanceof StringifyError)) throw error;
    throw new EmitError(
      `${document.environment}: ${error.message} in ${identity(document.manifest)}, from ${document.origin}`,
      "Give it a value that JSON can hold",
      { cause: error },
    );
  }
}

interface Claim {
  readonly claimed: string;
  readonly origins: string[];
}

class Claims {
  readonly #resources = new Map<string, Claim>();
  readonly #paths = new Map<string, Claim>();
  /** Folders as first spelled, by their lower-case spelling. */
  readonly #folders = new Map<string, { readonly spelled: string; readonly origin: string }>();
  readonly #spellings: Collision[] = [];

  resource({ environment, origin, manifest }: RenderedDocument): void {
    claim(this.#resources, `${environment}: ${identity(manifest)}`, `${environment}: ${identity(manifest)}`, origin);
  }

  path(path: string, origin: string): void {
    claim(this.#paths, path.toLowerCase(), path, origin);
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const folder = path.slice(0, end);
      const first = this.#folders.get(folder.toLowerCase());
      if (first?.spelled === folder) return;
      if (first === undefined) this.#folders.set(folder.toLowerCase(), { spelled: folder, origin });
      else this.#spellings.push({ claimed: `${first.spelled} and ${folder}`, origins: [first.origin, origin] });
    }
  }

  /** One resource twice usually falls on one path as well: then the resource alone is named. */
  assertUnique(): void {
    const resources = [...this.#resources.values()].filter(isContested);
    const named = new Set(resources.map(({ origins }) => origins.join()));
    const paths = [...this.#paths.values()].filter((path) => isContested(path) && !named.has(path.origins.join()));
    const collisions = [...resources, ...paths, ...this.#spellings];
    if (collisions.length > 0) throw new CollisionError(collisions);
  }
}

function claim(claims: Map<string, Claim>, key: string, claimed: string, origin: string): void {
  const earlier = claims.get(key);
  if (earlier === undefined) claims.set(key, { claimed, origins: [origin] });
  else earlier.origins.push(origin);
}

function isContested({ origins }: Claim): boolean {
  return origins.length > 1;
}
