/**
 * Registers the JSON Schema of every event at Apicurio Registry 3: a group for each topic, an artifact for each event type,
 * a version for each content. Registering the same again changes nothing.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { sleep } from "#kit/sleep";

export interface Schema {
  readonly topic: string;
  readonly type: string;
  /** JSON text. */
  readonly content: string;
}

export interface Registered {
  readonly topic: string;
  readonly type: string;
  /** Version that the registry keeps this content under. */
  readonly version: string;
}

export class RegistrationError extends Error {
  override readonly name = "RegistrationError";
}

/**
 * Reads `<directory>/<topic>/<type>.json`.
 * @throws RegistrationError when there is none: an empty directory is a mount that went wrong
 */
export async function readSchemas(directory: string): Promise<Schema[]> {
  const topics = await directoriesIn(directory);
  const schemas = await Promise.all(
    topics.map(async (topic) => {
      const files = (await readdir(join(directory, topic))).filter((file) => file.endsWith(".json"));
      return Promise.all(
        files.map(async (file) => ({
          topic,
          type: basename(file, ".json"),
          content: await readFile(join(directory, topic, file), "utf8"),
        })),
      );
    }),
  );
  const found = schemas.flat().sort((a, b) => (`${a.topic}/${a.type}` < `${b.topic}/${b.type}` ? -1 : 1));
  if (found.length === 0) throw new RegistrationError(`no <topic>/<type>.json below ${directory}`);
  return found;
}

/** A mounted volume shows links, into a hidden folder that the kubelet replaces as a whole. */
async function directoriesIn(directory: string): Promise<string[]> {
  let names: string[];
  try {
    names = (await readdir(directory)).filter((name) => !name.startsWith("."));
  } catch (error) {
    throw new RegistrationError(`cannot read ${directory}: ${reasonOf(error)}`);
  }
  const found = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).isDirectory()));
  return names.filter((_, index) => found[index]);
}

export interface RegisterOptions {
  /** Address of the registry, e.g. `http://schema-registry:8080`. */
  readonly registry: string;
  readonly fetch?: typeof fetch;
  /** How often a request is made before it is given up. @default 6 */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; doubles with every further one. @default 500 */
  readonly firstDelay?: number;
}

/** @throws RegistrationError naming the first schema that the registry does not take */
export async function registerSchemas(schemas: readonly Schema[], options: RegisterOptions): Promise<Registered[]> {
  const registered: Registered[] = [];
  for (const schema of schemas) registered.push(await register(schema, options));
  return registered;
}

async function register(schema: Schema, options: RegisterOptions): Promise<Registered> {
  const { topic, type } = schema;
  const { attempts = 6, firstDelay = 500 } = options;
  for (let attempt = 1; ; attempt++) {
    const outcome = await post(schema, options);
    if ("version" in outcome) return { topic, type, version: outcome.version };
    if (!outcome.passing || attempt === attempts) {
      throw new RegistrationError(`cannot register ${topic}/${type}: ${outcome.problem}`);
    }
    await sleep(firstDelay * 2 ** (attempt - 1));
  }
}

type Outcome = { readonly version: string } | { readonly problem: string; readonly passing: boolean };

async function post(schema: Schema, { registry, fetch: send = fetch }: RegisterOptions): Promise<Outcome> {
  const url = new URL(
    `/apis/registry/v3/groups/${encodeURIComponent(schema.topic)}/artifacts?ifExists=FIND_OR_CREATE_VERSION`,
    registry,
  );
  let response: Response;
  try {
    response = await send(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({
        artifactId: schema.type,
        artifactType: "JSON",
        firstVersion: { content: { content: schema.content, contentType: "application/json" } },
      }),
      signal: AbortSignal.timeout(10_000),
    });
  } catch (error) {
    return { problem: `${registry} does not answer (${reasonOf(error)})`, passing: true };
  }
  const text = await response.text();
  if (!response.ok) {
    return {
      problem: `${response.status} ${titleOf(text)}`.trim(),
      passing: response.status >= 500 || response.status === 429,
    };
  }
  const version = field(field(parsed(text), "version"), "version");
  return typeof version === "string"
    ? { version }
    : { problem: "its answer names no version: is it Apicurio Registry 3?", passing: false };
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a problem document says, else the beginning of the text. */
function titleOf(text: string): string {
  const title = field(parsed(text), "title") ?? field(parsed(text), "detail");
  return typeof title === "string" ? title : text.slice(0, 200);
}

/** What `fetch` says is in its cause. */
function reasonOf(error: unknown): string {
  const message = field(field(error, "cause"), "message") ?? field(error, "message");
  return typeof message === "string" ? message : String(error);
}
