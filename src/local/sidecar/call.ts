/** One request to a sidecar's API, and what its handlers need. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { System } from "#model/system";
import type { AppChannel } from "./app-channel.ts";
import type { Broker } from "./broker.ts";
import { DaprError } from "./errors.ts";
import type { JobRunner } from "./jobs.ts";
import type { SidecarPolicy } from "./policy.ts";
import type { Store } from "./store.ts";

export interface App {
  readonly name: string;
  readonly policy: SidecarPolicy;
  readonly channel: AppChannel;
}

/** What all sidecars of the process share. */
export interface Shared {
  readonly model: System;
  readonly apps: ReadonlyMap<string, App>;
  readonly store: Store;
  readonly broker: Broker;
  readonly jobs: JobRunner;
  /** Secrets by name, each with its fields; read again when the file changes. */
  readonly secrets: () => Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

export interface Call {
  readonly app: App;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Decoded segments after `/v1.0/`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** Dapr's default of `--max-body-size`. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** @throws DaprError 413 for more than 4 MiB */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).byteLength;
    if (size > MAX_BODY_BYTES) throw new DaprError(413, "ERR_MALFORMED_REQUEST", "request body too large");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** @throws DaprError 400 for what is no JSON */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse((await readBody(request)).toString());
  } catch (error) {
    if (error instanceof DaprError) throw error;
    throw malformed((error as Error).message);
  }
}

export const malformed = (why: string): DaprError =>
  new DaprError(400, "ERR_MALFORMED_REQUEST", `failed deserializing HTTP body: ${why}`);
