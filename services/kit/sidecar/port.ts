/** What a service may ask of its sidecar. Every failure is thrown; none is swallowed. */

export interface PublishOptions {
  /** Order is kept among events with the same key. */
  readonly partitionKey: string;
  /** W3C trace context of the action that caused the event. */
  readonly traceparent?: string | null;
  readonly tracestate?: string | null;
}

export interface StateEntry<T = unknown> {
  readonly value: T;
  readonly etag: string;
}

export interface StateWrite {
  /** Write only over this version; `null`: only where there is nothing yet. @default last write wins */
  readonly etag?: string | null;
  readonly ttlSeconds?: number;
}

/** Dapr state API. Keys are private to the service: Dapr prefixes them with the app id. */
export interface StatePort {
  get<T = unknown>(key: string): Promise<StateEntry<T> | undefined>;
  /** @returns false when the entry is not at the version that `etag` names */
  set(key: string, value: unknown, write?: StateWrite): Promise<boolean>;
  /** @returns false when the entry is not at the version that `etag` names */
  delete(key: string, options?: { readonly etag?: string }): Promise<boolean>;
}

export interface JobRequest {
  /** When it fires, once. In the past: at once. */
  readonly dueTime: Date;
}

/** Dapr Jobs API: timers that survive restarts. The sidecar calls `POST /job/<name>`. */
export interface JobsPort {
  schedule(name: string, request: JobRequest): Promise<void>;
  /** Deleting a job that is not there is no error. */
  delete(name: string): Promise<void>;
}

export interface Sidecar {
  /** Resolves once the sidecar has the event durably; `event` is a complete CloudEvent. */
  publish(topic: string, event: object, options: PublishOptions): Promise<void>;
  /** Service invocation: status, headers and body pass as they are, streams too. Rejects when nobody answered. */
  invoke(service: string, path: string, init: RequestInit): Promise<Response>;
  readonly state: StatePort;
  /** The value, or undefined where the store has none of that name. */
  secret(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  readonly jobs: JobsPort;
  /** Whether components and outbound calls work; does not wait for this service itself. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

/** The sidecar answered with an error, or not at all (`status` 0). */
export class SidecarError extends Error {
  override readonly name = "SidecarError";
  readonly status: number;
  /** Dapr's own code, e.g. `ERR_DIRECT_INVOKE`. */
  readonly errorCode: string | undefined;

  constructor(what: string, status: number, errorCode?: string, options: { cause?: unknown; detail?: string } = {}) {
    super(
      `${what}: ${status === 0 ? "no answer from the sidecar" : `the sidecar answered ${status}`}${errorCode ? ` ${errorCode}` : ""}${options.detail ? ` (${options.detail})` : ""}`,
      { cause: options.cause },
    );
    this.status = status;
    this.errorCode = errorCode;
  }
}
