/** A browser's part of the load: one session, one connection. */
import { Agent, request } from "node:http";

export interface Client {
  get(path: string): Promise<string>;
  /** @returns the answer's body, once it is complete */
  post(path: string, body?: object): Promise<string>;
  /** The same session, asked at another address on a connection of its own. */
  at(address: string): Client;
}

interface Answer {
  readonly status: number;
  readonly cookies: readonly string[];
  readonly body: string;
}

type Send = (method: string, path: string, body?: object, cookie?: string) => Promise<Answer>;

/**
 * @param address who is asked
 * @param origin whose page asks
 */
function connection(address: string, origin: string): Send {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return async (method, path, body, cookie = "") => {
    const answer = await send(agent, new URL(path, address), method, origin, cookie, body);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.body}`);
  };
}

function send(agent: Agent, url: URL, method: string, origin: string, cookie: string, body?: object): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        agent,
        method,
        headers: {
          origin,
          ...(cookie ? { cookie } : {}),
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
        },
      },
      (response) => {
        let answer = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          answer += part;
        });
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, cookies: response.headers["set-cookie"] ?? [], body: answer }),
        );
        response.once("error", reject);
      },
    );
    sent.once("error", reject);
    sent.end(text);
  });
}

function clientOf(address: string, origin: string, cookie?: string): Client {
  const call = connection(address, origin);
  return {
    get: async (path) => (await call("GET", path, undefined, cookie)).body,
    post: async (path, body) => (await call("POST", path, body, cookie)).body,
    at: (other) => clientOf(other, origin, cookie),
  };
}

/** Somebody who needs no session. */
export const anonymous = (address: string): Client => clientOf(address, new URL(address).origin);

/**
 * @param address who is asked, where it is not the public address
 * @throws Error with the answer when signing up, or a later request, fails
 */
export async function signedUp(origin: string, user: number, address: string = origin): Promise<Client> {
  const own = new URL(origin).origin;
  const account = { name: `User ${user}`, email: `user-${user}@example.com`, password: `password of user ${user}` };
  const { cookies } = await connection(address, own)("POST", "/api/auth/sign-up/email", account);
  return clientOf(address, own, cookies.map((line) => line.split(";", 1)[0]).join("; "));
}
