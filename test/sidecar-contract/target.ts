/**
 * The sidecars that the contract is tried on: ours by default, with `SIDECAR_CONTRACT=daprd` real ones with a real Kafka,
 * sentry and scheduler (`npm run engines -- daprd sentry scheduler kafka` installs them).
 */

import type { RecordingApp } from "./app.ts";
import type { ContractApp } from "./model.ts";

export interface Target {
  readonly name: "local" | "daprd";
  /** To the sidecar of an app, with its API token unless headers say otherwise. */
  call(app: ContractApp, path: string, init?: RequestInit): Promise<Response>;
  /** CloudEvents on the dead letter topic. */
  deadLetters(): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export type Apps = Readonly<Record<ContractApp, RecordingApp>>;

export const API_TOKEN = "api-token-of-the-contract";
export const APP_TOKEN = "app-token-of-the-contract";
export const SECRETS = { known: "the value", foreign: "not yours" };

export async function startTarget(apps: Apps): Promise<Target> {
  const kind = process.env.SIDECAR_CONTRACT ?? "local";
  if (kind === "local") return (await import("./local-target.ts")).startLocal(apps);
  if (kind === "daprd") return (await import("./daprd-target.ts")).startReal(apps);
  throw new Error(`SIDECAR_CONTRACT is "${kind}": use "local" or "daprd"`);
}

export const caller =
  (urls: Readonly<Record<string, string>>): Target["call"] =>
  (app, path, init = {}) =>
    fetch(`${urls[app]}${path}`, {
      ...init,
      headers: { "dapr-api-token": API_TOKEN, ...(init.headers as Record<string, string>) },
    });
