/** Somebody with a browser's cookie jar who signed up at the product's one address. */
import { randomUUID } from "node:crypto";
import { readUIMessageStream, type UIMessage, type UIMessageChunk } from "ai";

const PASSWORD = "correct-horse-battery";

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** What a turn with the assistant came to. */
export interface Turn {
  readonly status: number;
  readonly conversationId: string;
  readonly text: string;
  readonly tools: readonly { readonly toolName: string; readonly state: string }[];
  /** Approval that it waits for. */
  readonly approval: string | undefined;
  readonly message: UIMessage | undefined;
}

export class Person {
  readonly origin: string;
  readonly #jar = new Map<string, string>();
  email = "";
  userId = "";

  constructor(origin: string) {
    this.origin = origin;
  }

  async send<T = never>({ method, path, body, headers = {}, timeoutMs = 30_000 }: SentRequest): Promise<Answer<T>> {
    const response = await fetch(this.origin + path, {
      method,
      redirect: "manual",
      headers: {
        origin: this.origin,
        ...(this.#jar.size > 0 ? { cookie: this.cookie } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const text = await response.text();
    const isJson = /^application\/([\w.]+\+)?json/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson && text !== "" ? JSON.parse(text) : undefined) as T,
    };
  }

  get cookie(): string {
    return [...this.#jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  get = <T = never>(path: string): Promise<Answer<T>> => this.send<T>({ method: "GET", path });
  post = <T = never>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer<T>> =>
    this.send<T>({ method: "POST", path, body, headers });

  say(text: string, conversationId?: string): Promise<Turn> {
    const message = { role: "user", parts: [{ type: "text", text }] };
    return this.#turn("/api/v1/chat", { message, ...(conversationId ? { conversationId } : {}) });
  }

  /** @param asked the turn that waits: its message goes on */
  decide(asked: Turn, decision: "approve" | "reject"): Promise<Turn> {
    return this.#turn(`/api/v1/approvals/${asked.approval}`, { decision }, asked.message);
  }

  async #turn(path: string, body: object, before?: UIMessage): Promise<Turn> {
    const answer = await this.send({ method: "POST", path, body });
    const chunks = answer.text
      .split("\n")
      .filter((line) => line.startsWith("data: {"))
      .map((line) => JSON.parse(line.slice("data: ".length)) as UIMessageChunk);
    const message = answer.status === 200 ? await messageOf(chunks, before) : undefined;
    const parts = (message?.parts ?? []) as unknown as Part[];
    const tools = parts.filter(({ type }) => type === "dynamic-tool") as (Part & { readonly toolName: string })[];
    return {
      status: answer.status,
      conversationId: (message?.metadata as { conversationId?: string } | undefined)?.conversationId ?? "",
      text: parts.flatMap(({ type, text = "" }) => (type === "text" ? [text] : [])).join("\n"),
      tools,
      approval: tools.find(({ state }) => state === "approval-requested")?.approval?.id,
      message,
    };
  }

  #keep(setCookie: string): void {
    const [pair = ""] = setCookie.split(";");
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (value === "" || /max-age=0/i.test(setCookie)) this.#jar.delete(name);
    else this.#jar.set(name, value);
  }
}

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly state: string;
  readonly approval?: { readonly id: string };
}

/** As a screen reads the stream: with the SDK's own reader. */
async function messageOf(
  chunks: readonly UIMessageChunk[],
  before: UIMessage | undefined,
): Promise<UIMessage | undefined> {
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  let last: UIMessage | undefined;
  for await (const message of readUIMessageStream({ stream, ...(before ? { message: structuredClone(before) } : {}) }))
    last = message;
  return last;
}

/** @throws Error when it is refused */
export async function signUp(origin: string, more: Readonly<Record<string, unknown>> = {}): Promise<Person> {
  const person = new Person(origin);
  const email = `${randomUUID()}@example.com`;
  const account = { name: "Ada", email, password: PASSWORD, timeZone: "Europe/Berlin", ...more };
  const { status, text, body } = await person.post<{ user: { id: string } }>("/api/auth/sign-up/email", account);
  if (status !== 200) throw new Error(`sign-up was answered with ${status}: ${text}`);
  person.email = email;
  person.userId = body.user.id;
  return person;
}
