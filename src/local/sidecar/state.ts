/** Dapr's state API with ETags, first-write concurrency and expiry, as `state.redis` and `state.postgresql` keep to it. */
import { components } from "#model/names";
import { type Call, malformed, readJson, type Shared } from "./call.ts";
import { answerEmpty, answerJson, DaprError } from "./errors.ts";
import type { Store } from "./store.ts";

interface SetRequest {
  readonly key: string;
  readonly value: unknown;
  readonly etag?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly options?: { readonly concurrency?: string };
}

interface Row {
  readonly value: string;
  readonly etag: number;
}

/** `/v1.0/state/{store}[/{key}|/bulk]` */
export async function state(call: Call, { store }: Shared): Promise<void> {
  const { app, request, response, segments, query } = call;
  const [, name = "", key] = segments;
  if (name !== components.statestore) {
    throw new DaprError(400, "ERR_STATE_STORE_NOT_FOUND", `state store ${name} is not found`);
  }
  const { method } = request;
  if (method === "POST" && key === undefined) {
    const items = await readJson(request);
    if (!Array.isArray(items)) throw malformed("an array of items is expected");
    for (const item of items as SetRequest[]) save(store, app.name, item, query);
    return answerEmpty(response);
  }
  if (method === "POST" && key === "bulk") {
    const { keys = [] } = (await readJson(request)) as { keys?: string[] };
    return answerJson(
      response,
      200,
      keys.map((one) => bulkItem(one, find(store, app.name, one))),
    );
  }
  if (method === "GET" && key !== undefined) {
    const row = find(store, app.name, key);
    if (!row) return answerEmpty(response);
    response.writeHead(200, { "content-type": "application/json", etag: String(row.etag) }).end(row.value);
    return;
  }
  if (method === "DELETE" && key !== undefined) {
    const etag = request.headers["if-match"];
    remove(store, app.name, key, etag === undefined ? undefined : unquoted(etag));
    return answerEmpty(response);
  }
  throw new DaprError(404, "ERR_METHOD_NOT_FOUND", `method ${method} is not found`);
}

const unquoted = (etag: string): string => etag.replace(/^"|"$/g, "");

const bulkItem = (key: string, row: Row | undefined) =>
  row ? { key, data: JSON.parse(row.value) as unknown, etag: String(row.etag) } : { key };

function find(store: Store, app: string, key: string): Row | undefined {
  const [row] = store.all(
    "select value, etag from state where app = ? and key = ? and expires > ?",
    app,
    key,
    Date.now(),
  );
  return row ? { value: String(row.value), etag: Number(row.etag) } : undefined;
}

/** No expiry; SQLite compares it like any other time. */
const NEVER = Number.MAX_SAFE_INTEGER;

function save(store: Store, app: string, item: SetRequest, query: URLSearchParams): void {
  if (typeof item?.key !== "string" || item.key === "") {
    throw new DaprError(400, "ERR_MALFORMED_REQUEST", '"key" is a required field');
  }
  const found = find(store, app, item.key);
  const firstWrite = item.options?.concurrency === "first-write";
  const expected = item.etag === undefined || item.etag === "" ? undefined : item.etag;
  const matches = expected === undefined ? !(firstWrite && found) : String(found?.etag) === expected;
  if (!matches) throw conflict("ERR_STATE_SAVE", `failed saving state in state store ${components.statestore}`);
  const ttl = Number(item.metadata?.ttlInSeconds ?? query.get("metadata.ttlInSeconds") ?? 0);
  store.run(
    "insert into state (app, key, value, etag, expires) values (?, ?, ?, ?, ?) on conflict do update set value = excluded.value, etag = excluded.etag, expires = excluded.expires",
    app,
    item.key,
    JSON.stringify(item.value ?? null),
    (found?.etag ?? 0) + 1,
    ttl > 0 ? Date.now() + ttl * 1000 : NEVER,
  );
}

function remove(store: Store, app: string, key: string, etag: string | undefined): void {
  if (etag !== undefined && String(find(store, app, key)?.etag) !== etag) {
    throw conflict("ERR_STATE_DELETE", `failed deleting state with key ${key}`);
  }
  store.run("delete from state where app = ? and key = ?", app, key);
}

const conflict = (errorCode: string, what: string): DaprError =>
  new DaprError(409, errorCode, `${what}: possible etag mismatch. error from state store`);
