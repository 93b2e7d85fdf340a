import { readFileSync, statSync } from "node:fs";
import { components } from "#model/names";
import type { Call, Shared } from "./call.ts";
import { answerJson, DaprError } from "./errors.ts";

type Secrets = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** `GET /v1.0/secrets/{store}/{name}` and `/bulk`, limited to what the service may read. */
export function secrets({ app, response, segments }: Call, shared: Shared): void {
  const [, store = "", name = ""] = segments;
  if (store !== components.secretstore) {
    throw new DaprError(401, "ERR_SECRET_STORE_NOT_FOUND", `failed finding secret store with key ${store}`);
  }
  if (name === "bulk") {
    const readable = Object.entries(shared.secrets()).filter(([key]) => app.policy.secrets.has(key));
    answerJson(response, 200, Object.fromEntries(readable.map(([key, value]) => [key, fieldsOf(key, value)])));
    return;
  }
  if (!app.policy.secrets.has(name)) {
    throw new DaprError(403, "ERR_PERMISSION_DENIED", `access denied by policy to get "${name}" from "${store}"`);
  }
  const value = shared.secrets()[name];
  if (value === undefined) {
    const why = `secret ${name} not found`;
    throw new DaprError(
      500,
      "ERR_SECRET_GET",
      `failed getting secret with key ${name} from secret store ${store}: ${why}`,
    );
  }
  answerJson(response, 200, fieldsOf(name, value));
}

const fieldsOf = (name: string, value: Secrets[string]): Readonly<Record<string, string>> =>
  typeof value === "string" ? { [name]: value } : value;

/** Reads the file again when it has changed: a key that a developer puts there counts at once. */
export function secretsFile(path: string): () => Secrets {
  let known: { readonly version: string; readonly secrets: Secrets } | undefined;
  return () => {
    const { mtimeMs, size } = statSync(path);
    const version = `${mtimeMs} ${size}`;
    if (known?.version !== version) known = { version, secrets: JSON.parse(readFileSync(path, "utf8")) as Secrets };
    return known.secrets;
  };
}
