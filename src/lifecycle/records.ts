/** What is known of an environment beside its manifests: what it was rendered from, and what it was verified with. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "#model/user-error";

const commit = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const fileDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const images = z.record(z.string(), z.string());

const pin = z.strictObject({
  /** The commit whose rendering was restored. */
  to: commit,
  /** Only these services; `null`: the whole environment. */
  services: z.array(z.string()).nullable(),
  /** Images that were bumped meanwhile; they are rendered when the pin is cleared. */
  waiting: images,
});

const rendering = z.strictObject({
  /** The commit whose model rendered it; `null`: a model that was not committed. */
  commit: commit.nullable(),
  /** The pins it was rendered with, as in `config/images`. */
  images,
  /** Set by a rollback, until the next promotion or `rollback --clear`. */
  pin: pin.optional(),
  /** `digest` of every file that stays as it is, by path below `gitops/`. */
  files: z.record(z.string(), fileDigest),
});

const verification = z.strictObject({
  /** The commit whose `gitops/<environment>` ran. */
  commit,
  images,
  /** When, ISO 8601. */
  time: z.iso.datetime({ offset: true }),
  result: z.enum(["healthy", "failed"]),
  /** One line a check. */
  checks: z.array(z.string()).default([]),
});

export type Pin = z.infer<typeof pin>;
export type Rendering = z.infer<typeof rendering>;
export type Verification = z.infer<typeof verification>;

export const renderedFile = (environment: string): string => `config/rendered/${environment}.json`;
export const verifiedFile = (environment: string): string => `config/verified/${environment}.json`;

/** Reads a text file of the project; `undefined` where there is none. */
export type ReadText = (path: string) => string | undefined;

/** Reads from disk. */
export const fromFolder =
  (root: string): ReadText =>
  (path) => {
    try {
      return readFileSync(join(root, path), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      const code = (error as NodeJS.ErrnoException).code;
      throw new UserError(`cannot read ${path}: ${code}`, "Make it readable for this user", { cause: error });
    }
  };

/** @throws UserError for a record that is none */
export const readRendering = (read: ReadText, environment: string): Rendering | null =>
  readRecord(read, renderedFile(environment), rendering);

/** @throws UserError for a record that is none */
export const readVerification = (read: ReadText, environment: string): Verification | null =>
  readRecord(read, verifiedFile(environment), verification);

function readRecord<T>(read: ReadText, path: string, schema: z.ZodType<T>): T | null {
  const text = read(path);
  if (text === undefined) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const problem = issue ? `${issue.path.join(".")}: ${issue.message}` : (error as Error).message.split("\n")[0];
    throw new UserError(`${path} is no record of ours: ${problem}`, `Restore it with git checkout HEAD -- ${path}`, {
      cause: error,
    });
  }
}

/** Sorted keys, one entry a line. */
export const recordText = (record: Rendering | Verification): string =>
  `${JSON.stringify({ ...record, images: sorted(record.images), ...("files" in record ? { files: sorted(record.files) } : {}) }, null, 2)}\n`;

const sorted = (entries: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
