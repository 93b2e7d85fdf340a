import { connect } from "node:tls";

export interface SmokeCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

export interface SmokeProps {
  /** Public address, such as `https://todo.example.com`. */
  readonly url: string;
  /** Tag of the gateway's image that should answer. */
  readonly version: string;
  /** For each request, in milliseconds. @default 10 seconds */
  readonly timeout?: number;
}

/** A certificate that ends sooner should have been renewed by now. */
const LEAST_DAYS = 7;

type Outcome = { readonly passed: boolean; readonly detail: string };

/**
 * Asks a running environment's public address: its certificate, the page, the gateway's health and which version answers.
 * `GET /api/health` answers 200 with `{"status": "ok", "version": "<image tag>"}`.
 */
export async function smoke({ url, version, timeout = 10_000 }: SmokeProps): Promise<SmokeCheck[]> {
  const get = (path: string) =>
    fetch(new URL(path, url), { redirect: "manual", signal: AbortSignal.timeout(timeout), cache: "no-store" });
  const checks: readonly (readonly [string, () => Promise<Outcome>])[] = [
    ["certificate", () => certificate(new URL(url), timeout)],
    [
      "frontend",
      async () => {
        const response = await get("/");
        const type = response.headers.get("content-type") ?? "no content type";
        await response.body?.cancel();
        return {
          passed: response.status === 200 && type.includes("text/html"),
          detail: `GET / answers ${response.status}, ${type}`,
        };
      },
    ],
    [
      "gateway",
      async () => {
        const response = await get("/api/health");
        if (response.status !== 200) {
          await response.body?.cancel();
          return { passed: false, detail: `GET /api/health answers ${response.status}` };
        }
        const body: unknown = await response.json();
        const { status, version: found } = (body ?? {}) as { status?: unknown; version?: unknown };
        if (status !== "ok") return { passed: false, detail: `GET /api/health says status ${JSON.stringify(status)}` };
        return { passed: found === version, detail: `version ${JSON.stringify(found)}, pinned "${version}"` };
      },
    ],
  ];
  return Promise.all(checks.map(async ([name, check]) => ({ name, ...(await check().catch(failure)) })));
}

function failure(error: unknown): Outcome {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === "TimeoutError") return { passed: false, detail: "no answer in time" };
  return { passed: false, detail: (cause?.code ?? cause?.message ?? message).split("\n")[0] ?? name };
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);

function certificate({ protocol, hostname, port }: URL, timeout: number): Promise<Outcome> {
  if (protocol !== "https:") {
    return Promise.resolve({ passed: isLoopback(hostname), detail: `plain HTTP to ${hostname}` });
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 443), servername: hostname, timeout }, () => {
      const { valid_to: end } = socket.getPeerCertificate();
      const days = Math.floor((Date.parse(end) - Date.now()) / 86_400_000);
      socket.destroy();
      resolve({ passed: days >= LEAST_DAYS, detail: `valid for ${days} days, until ${end}` });
    });
    socket.on("timeout", () => socket.destroy(Object.assign(new Error(), { name: "TimeoutError" })));
    socket.on("error", reject);
  });
}
