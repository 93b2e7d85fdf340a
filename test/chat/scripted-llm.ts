/** An OpenAI-compatible endpoint that says what a test has written for it, over real HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface CompletionRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly {
    readonly role: string;
    readonly content?: unknown;
    readonly tool_call_id?: string;
    readonly tool_calls?: readonly {
      readonly id: string;
      readonly function: { readonly name: string; readonly arguments: string };
    }[];
  }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

export interface ScriptedCall {
  readonly tool: string;
  readonly input: unknown;
  readonly id?: string;
}

export interface Reply {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  readonly tokens?: number;
  /** Instead of an answer. */
  readonly status?: number;
  /** Ends without a finish reason, after what it said. */
  readonly cut?: boolean;
  /** Bytes that are no event. */
  readonly raw?: string;
  /** Says it, and then nothing until the caller goes away. */
  readonly hangs?: boolean;
}

export type Script = Reply | ((request: CompletionRequest) => Reply);

export interface ScriptedLlm {
  readonly url: string;
  /** Whole requests, as they came. */
  readonly requests: CompletionRequest[];
  /** What it says next, an answer a call of the model. */
  script(...replies: readonly Script[]): void;
  /** Calls whose caller has gone away. */
  readonly abandoned: () => number;
  stop(): Promise<void>;
}

export async function scriptedLlm(): Promise<ScriptedLlm> {
  const requests: CompletionRequest[] = [];
  let replies: Script[] = [];
  let abandoned = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const body = JSON.parse(await bodyOf(request)) as CompletionRequest;
      requests.push(body);
      const next = replies.shift() ?? { text: "There is nothing more in the script." };
      response.on("close", () => {
        if (!response.writableFinished) abandoned++;
      });
      answer(response, body, typeof next === "function" ? next(body) : next);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    script: (...next) => {
      replies = [...next];
      requests.length = 0;
    },
    abandoned: () => abandoned,
    stop: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, { model }: CompletionRequest, reply: Reply): void {
  if (reply.status !== undefined) {
    response.writeHead(reply.status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: "no", type: "test" } }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (choice: object, usage?: object): void => {
    const chunk = {
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      created: 1,
      model,
      choices: [{ index: 0, ...choice }],
    };
    response.write(`data: ${JSON.stringify({ ...chunk, ...(usage ? { usage } : {}) })}\n\n`);
  };
  for (const content of (reply.text ?? "").match(/\S+\s*/g) ?? []) send({ delta: { role: "assistant", content } });
  for (const [index, { tool, input, id = `call_${index}` }] of (reply.calls ?? []).entries()) {
    const json = typeof input === "string" ? input : JSON.stringify(input);
    send({ delta: { tool_calls: [{ index, id, type: "function", function: { name: tool, arguments: json } }] } });
  }
  if (reply.hangs) return;
  if (reply.raw !== undefined) response.write(reply.raw);
  if (reply.cut) {
    response.end();
    return;
  }
  const usage = { prompt_tokens: reply.tokens ?? 10, completion_tokens: 0, total_tokens: reply.tokens ?? 10 };
  send({ delta: {}, finish_reason: reply.calls ? "tool_calls" : "stop" }, usage);
  response.end("data: [DONE]\n\n");
}
