/** The port over a Dapr sidecar's HTTP API, version 1.18. */
import type { Logger } from "pino";
import { components } from "#model/names";
import { currentRequestId } from "../telemetry/request-id.ts";
import { traceHeaders } from "../telemetry/tracing.ts";
import { daprClientStore } from "./dapr-client.ts";
import { httpClient, responseOf, textOf } from "./http-client.ts";
import { type JobRequest, type PublishOptions, type Sidecar, SidecarError } from "./port.ts";

export interface DaprOptions {
  readonly host: string;
  readonly port: number;
  /** What the sidecar wants to see in `dapr-api-token`. */
  readonly apiToken: string | undefined;
  readonly log: Logger;
}

const CALL_TIMEOUT_MS = 10_000;
/** A callee may be slow; one that says nothing for so long is gone. */
const ANSWER_TIMEOUT_MS = 300_000;
const HEALTH_TIMEOUT_MS = 800;

export function daprSidecar({ host, port, apiToken, log }: DaprOptions): Sidecar {
  const base = `http://${host}:${port}/v1.0`;
  const authorization = apiToken ? { "dapr-api-token": apiToken } : {};
  const store = daprClientStore({ host, port, apiToken, log });
  const client = httpClient(host, port);

  const request = async (what: string, path: string, init: RequestInit): Promise<Response> => {
    const headers = { ...authorization, ...(init.headers as Record<string, string>) };
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const response = await reached(what, signal, () => fetch(`${base}${path}`, { signal, ...init, headers }));
    if (!response.ok) throw refusal(what, response.status, await response.text());
    return response;
  };

  return Object.freeze({
    // Not by DaprClient: it can send no traceparent, and an event belongs to the trace of the action that caused it.
    publish: async (topic: string, event: object, options: PublishOptions) => {
      const what = `publish to ${topic}`;
      const query = new URLSearchParams({ "metadata.partitionKey": options.partitionKey });
      const headers = {
        ...authorization,
        "content-type": "application/cloudevents+json",
        ...(options.traceparent ? { traceparent: options.traceparent } : {}),
        ...(options.tracestate ? { tracestate: options.tracestate } : {}),
      };
      const path = `/v1.0/publish/${components.pubsub}/${topic}?${query}`;
      const [status, text] = await reached(what, undefined, async () => {
        const question = { method: "POST", path, headers, body: JSON.stringify(event), timeoutMs: CALL_TIMEOUT_MS };
        const answer = await client.ask(question);
        return [answer.statusCode ?? 0, await textOf(answer)] as const;
      });
      if (status < 200 || status > 299) throw refusal(what, status, text);
    },
    // Not by DaprClient either: its invoker buffers, and drops status and headers.
    invoke: async (service: string, path: string, init: RequestInit) => {
      const requestId = currentRequestId();
      const question = {
        method: init.method ?? "GET",
        path: `/v1.0/invoke/${service}/method${path}`,
        headers: {
          ...(requestId ? { "x-request-id": requestId } : {}),
          ...recordOf(init.headers),
          ...authorization,
          ...traceHeaders(),
        },
        body: await bodyOf(init.body),
        signal: init.signal,
        timeoutMs: ANSWER_TIMEOUT_MS,
      };
      const what = `invoke ${service}`;
      const response = await reached(what, init.signal, async () => responseOf(await client.ask(question)));
      return response.status < 400 ? response : answerOfCallee(what, response);
    },
    state: store.state,
    secret: store.secret,
    jobs: Object.freeze({
      schedule: async (name: string, { dueTime }: JobRequest) => {
        await discard(
          await request(`schedule ${name}`, `/jobs/${encodeURIComponent(name)}`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            // Without maxRetries it is tried until it succeeds; the default gives up after three seconds and forgets the job.
            body: JSON.stringify({
              dueTime: dueTime.toISOString(),
              overwrite: true,
              // A job without data is taken and never fires (1.18, measured): daprd cannot encode it for the app.
              data: { name },
              failurePolicy: { constant: { interval: "5s" } },
            }),
          }),
        );
      },
      delete: async (name: string) => {
        try {
          await discard(await request(`delete job ${name}`, `/jobs/${encodeURIComponent(name)}`, { method: "DELETE" }));
        } catch (error) {
          if (!(error instanceof SidecarError && error.status === 404)) throw error;
        }
      },
    }),
    healthy: async () => {
      try {
        const response = await fetch(`${base}/healthz/outbound`, {
          headers: authorization,
          signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
        });
        await discard(response);
        return response.ok;
      } catch {
        return false;
      }
    },
    close: async () => {
      client.close();
      await store.close();
    },
  });
}

async function reached<T>(what: string, signal: AbortSignal | null | undefined, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    // Who went away by himself is told so in his own words.
    if (signal?.aborted && (error as Error).name === "AbortError") throw error;
    throw new SidecarError(what, 0, undefined, { cause: error });
  }
}

const recordOf = (headers: RequestInit["headers"]): Readonly<Record<string, string>> =>
  headers instanceof Headers || Array.isArray(headers)
    ? Object.fromEntries(new Headers(headers))
    : ((headers ?? {}) as Record<string, string>);

async function bodyOf(body: RequestInit["body"]): Promise<string | Uint8Array | undefined> {
  if (body === undefined || body === null) return undefined;
  return typeof body === "string" ? body : new Uint8Array(await new Response(body).arrayBuffer());
}

/** An unread body keeps its connection from being used again. */
const discard = async (response: Response): Promise<void> => {
  await response.body?.cancel();
};

/** Errors of the callee pass as they are; those of the sidecar itself (nobody there, not allowed) are thrown. */
async function answerOfCallee(what: string, response: Response): Promise<Response> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.startsWith("application/json")) return response;
  const text = await response.text();
  const error = daprError(text);
  if (error) throw new SidecarError(what, response.status, error.errorCode, { detail: error.message });
  return new Response(text, { status: response.status, headers: response.headers });
}

function refusal(what: string, status: number, text: string): SidecarError {
  const error = daprError(text);
  return new SidecarError(what, status, error?.errorCode, { detail: error?.message ?? text.slice(0, 200) });
}

/** Dapr's error body: `{"errorCode": "ERR_...", "message": "..."}`. */
export function daprError(text: string): { errorCode: string; message: string } | undefined {
  try {
    const { errorCode, message } = JSON.parse(text) as { errorCode?: unknown; message?: unknown };
    return typeof errorCode === "string" && /^(ERR|DAPR)_/.test(errorCode)
      ? { errorCode, message: String(message) }
      : undefined;
  } catch {
    return undefined;
  }
}
