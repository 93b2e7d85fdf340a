import { readFileSync } from "node:fs";
import { Agent, type RequestOptions, request } from "node:https";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "#test/engines/api-server";

export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

export interface KubernetesApi {
  /** Merges `patch` into an object (RFC 7396). An object that is gone is left alone. */
  merge(path: string, patch: object): Promise<void>;
  /** Calls `see` with every object below a path such as `/apis/apps/v1/deployments`, and again whenever it changes. */
  watch(path: string, see: (object: KubernetesObject) => void): void;
  /** Ends all watches. */
  close(): void;
}

/** As much of a client as a controller needs. */
export function kubernetesApi(server: ApiServer): KubernetesApi {
  const { clusters } = JSON.parse(readFileSync(server.kubeconfig, "utf8")) as {
    readonly clusters: readonly { readonly cluster: { readonly "certificate-authority": string } }[];
  };
  const ca = readFileSync(clusters[0]?.cluster["certificate-authority"] ?? "");
  const agent = new Agent({ ca, keepAlive: true });
  const closing = new AbortController();
  const call = (path: string, options: RequestOptions) =>
    request(`${server.url}${path}`, { agent, signal: closing.signal, ...options });
  const headers = { authorization: `Bearer ${server.token}` };

  /** Until the API server ends the connection, which it does with every watch sooner or later. */
  const watchOnce = (path: string, see: (object: KubernetesObject) => void) =>
    new Promise<void>((resolve, reject) => {
      const watching = call(`${path}?watch=1`, { headers });
      watching.on("error", reject);
      watching.once("response", (response) => {
        const lines = createInterface({ input: response });
        lines.on("error", reject);
        lines.on("line", (line) => {
          const { type, object } = JSON.parse(line) as { type: string; object: KubernetesObject };
          if (type === "ADDED" || type === "MODIFIED") see(object);
        });
        response.once("close", () => resolve());
      });
      watching.end();
    });

  return {
    merge: (path, patch) =>
      new Promise((resolve, reject) => {
        const patching = call(path, {
          method: "PATCH",
          headers: { ...headers, "content-type": "application/merge-patch+json" },
        });
        patching.once("error", reject);
        patching.once("response", (response) => {
          const status = response.statusCode ?? 0;
          text(response).then(
            (body) => (status < 300 || status === 404 ? resolve() : reject(new Error(`${path}: ${status} ${body}`))),
            reject,
          );
        });
        patching.end(JSON.stringify(patch));
      }),
    watch(path, see) {
      const always = async (): Promise<void> => {
        while (!closing.signal.aborted) {
          await watchOnce(path, see).catch(() => {});
          await sleep(200);
        }
      };
      void always();
    },
    close: () => closing.abort(),
  };
}
