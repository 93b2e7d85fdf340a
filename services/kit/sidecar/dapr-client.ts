/** State and secrets through `DaprClient`, whose returned errors are thrown here. */
import type { DaprClient } from "@dapr/dapr";
import type { Logger } from "pino";
import { components } from "#model/names";
import type { DaprOptions } from "./dapr.ts";
import { type Sidecar, SidecarError, type StatePort, type StateWrite } from "./port.ts";

type Store = Pick<Sidecar, "state" | "secret" | "close">;

const STORE = components.statestore;

/** The SDK is loaded when it is first needed: with its gRPC half it costs 0.4 s and 64 MB (measured). */
export function daprClientStore(options: DaprOptions): Store {
  let loading: Promise<DaprClient> | undefined;
  const client = (): Promise<DaprClient> => {
    loading ??= load(options).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };

  const state: StatePort = Object.freeze({
    get: async <T>(key: string) => {
      // The SDK's get drops the ETag; its bulk get does not.
      const items = await thrown(`read state ${key}`, async () => (await client()).state.getBulk(STORE, [key]));
      const item = items[0] as { data?: T; etag?: string; error?: string } | undefined;
      if (item?.error) throw new SidecarError(`read state ${key}`, 500, "ERR_STATE_GET", { detail: item.error });
      if (item?.data === undefined || item.data === null) return undefined;
      return { value: item.data, etag: item.etag ?? "" };
    },
    set: (key: string, value: unknown, { etag, ttlSeconds }: StateWrite = {}) =>
      unlessConflict(`write state ${key}`, async () => {
        const { StateConcurrencyEnum, StateConsistencyEnum } = await import("@dapr/dapr");
        const item = {
          key,
          value,
          ...(typeof etag === "string" ? { etag } : {}),
          ...(ttlSeconds === undefined ? {} : { metadata: { ttlInSeconds: String(ttlSeconds) } }),
          // First write without an ETag: only where there is nothing yet.
          ...(etag === undefined
            ? {}
            : {
                options: {
                  concurrency: StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE,
                  consistency: StateConsistencyEnum.CONSISTENCY_STRONG,
                },
              }),
        };
        return (await client()).state.save(STORE, [item]);
      }),
    delete: (key: string, { etag }: { readonly etag?: string } = {}) =>
      unlessConflict(`delete state ${key}`, async () =>
        (await client()).state.delete(STORE, key, etag === undefined ? undefined : ({ etag } as never)),
      ),
  });

  return {
    state,
    secret: async (name) => {
      try {
        const answer = await thrown(`read secret ${name}`, async () =>
          (await client()).secret.get(components.secretstore, name),
        );
        return fieldsOf(answer);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    close: async () => {
      await (await loading?.catch(() => undefined))?.stop();
    },
  };
}

async function load({ host, port, apiToken, log }: DaprOptions): Promise<DaprClient> {
  const { DaprClient: Client, CommunicationProtocolEnum } = await import("@dapr/dapr");
  return new Client({
    daprHost: host,
    daprPort: String(port),
    communicationProtocol: CommunicationProtocolEnum.HTTP,
    logger: { service: loggerFor(log) },
    ...(apiToken ? { daprApiToken: apiToken } : {}),
  });
}

/** What it calls an error is thrown and logged where it is handled; the rest is noise. */
function loggerFor(log: Logger) {
  const debug = (...parts: unknown[]): void => log.debug({ sdk: parts.map(String).join(" ") }, "dapr client");
  return { error: debug, warn: debug, info: debug, verbose: debug, debug };
}

/** The SDK's errors hold the sidecar's answer as JSON in their message. */
async function thrown<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw sidecarError(what, error);
  }
}

/** @returns false when the sidecar says that the ETag does not match */
async function unlessConflict(what: string, work: () => Promise<{ error?: Error } | undefined>): Promise<boolean> {
  const result = await thrown(what, work);
  if (!result?.error) return true;
  const error = sidecarError(what, result.error);
  if (error.status === 409) return false;
  throw error;
}

function sidecarError(what: string, error: unknown): SidecarError {
  if (error instanceof SidecarError) return error;
  const { status, error_msg: text } = parsed((error as Error).message);
  const { errorCode, message } = parsed(typeof text === "string" ? text : "");
  return new SidecarError(
    what,
    typeof status === "number" ? status : 0,
    typeof errorCode === "string" ? errorCode : undefined,
    {
      cause: error,
      detail: typeof message === "string" ? message : String(text ?? (error as Error).message),
    },
  );
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Stores say in their own words that they do not have it; 204 is an empty answer. */
const isMissing = (error: unknown): boolean =>
  error instanceof SidecarError &&
  error.errorCode === "ERR_SECRET_GET" &&
  /not found|couldn't find|does not exist|NoSuch|404/i.test(error.message);

/** A vault that knows only single values holds several as one JSON object. */
function fieldsOf(answer: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const fields = answer as Record<string, string>;
  const values = Object.values(fields);
  if (values.length === 0) return undefined;
  const nested = values.length === 1 ? parsed(values[0] ?? "") : {};
  return Object.keys(nested).length > 0 ? (nested as Record<string, string>) : fields;
}
