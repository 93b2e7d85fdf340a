/** A browser's part of the load: one session, one connection. */
import { Agent, request } from "node:http";

export interface Client {
  get(path: string): Promise<void>;
  post(path: string, body: object): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly cookies: readonly string[];
  readonly body: string;
}

function send(agent: Agent, url: URL, method: string, cookie: string, body?: object): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        agent,
        method,
        headers: {
          origin: url.origin,
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

/** @throws Error with the answer when signing up, or a later request, fails */
export async function signedUp(origin: string, user: number): Promise<Client> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = async (method: string, path: string, cookie: string, body?: object): Promise<Answer> => {
    const answer = await send(agent, new URL(path, origin), method, cookie, body);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.body}`);
  };
  const account = { name: `User ${user}`, email: `user-${user}@example.com`, password: `password of user ${user}` };
  const { cookies } = await call("POST", "/api/auth/sign-up/email", "", account);
  const cookie = cookies.map((line) => line.split(";", 1)[0]).join("; ");
  return {
    get: async (path) => void (await call("GET", path, cookie)),
    post: async (path, body) => void (await call("POST", path, cookie, body)),
  };
}
