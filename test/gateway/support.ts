import { service as gateway } from "#services/gateway/service";
import { contextOf, type TestSystem } from "#test/kit/support/harness";

export const PASSWORD = "correct-horse-battery";
/** What the harness leaves PUBLIC_ORIGIN at. */
export const ORIGIN = "http://localhost:3000";

/** Somebody with a browser's cookie jar, but no browser: sends no Origin unless told to. */
export class Visitor {
  readonly #system: TestSystem;
  readonly #jar = new Map<string, string>();

  constructor(system: TestSystem) {
    this.#system = system;
  }

  get cookie(): string {
    return [...this.#jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await this.#system.request("gateway", path, {
      method,
      redirect: "manual",
      headers: {
        ...(this.#jar.size > 0 ? { cookie: this.cookie } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      const value = pair.slice(at + 1);
      if (value === "" || /max-age=0/i.test(line)) this.#jar.delete(pair.slice(0, at));
      else this.#jar.set(pair.slice(0, at), value);
    }
    return response;
  }

  get = (path: string, headers?: Record<string, string>) => this.send("GET", path, undefined, headers);
  post = (path: string, body: unknown = {}, headers?: Record<string, string>) => this.send("POST", path, body, headers);
}

let visitors = 0;

export const newEmail = (): string => `person-${++visitors}@example.com`;

/** @returns somebody who has just signed up */
export async function signUp(system: TestSystem, more: Record<string, unknown> = {}) {
  const visitor = new Visitor(system);
  const email = newEmail();
  const response = await visitor.post("/api/auth/sign-up/email", { name: "Ada", email, password: PASSWORD, ...more });
  if (response.status !== 200)
    throw new Error(`sign-up was answered with ${response.status}: ${await response.text()}`);
  const { token, user } = (await response.json()) as { token: string; user: { id: string } };
  return { visitor, email, token, userId: user.id, response };
}

export const databaseOf = (system: TestSystem) => contextOf(system, gateway).db;

export const problemCode = async (response: Response): Promise<string> =>
  ((await response.json()) as { code: string }).code;
