/** Notifications beside a tasks service that the test plays or the real one, with receivers on the loopback address. */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { ServiceContext } from "#kit/define-service";
import type { TestSystem } from "#test/kit/support/harness";

export const NOW = "2026-11-18T10:00:00.000Z";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver extends AsyncDisposable {
  /** `host:port`, to be trusted. */
  readonly host: string;
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on. */
  answer(status: number, headers?: Readonly<Record<string, string>>): void;
  /** Whether it takes requests that come from now on and says nothing. */
  hang(on: boolean): void;
  /** How many it says nothing to. */
  held(): number;
  /** Answers them. */
  letGo(): void;
}

export async function webhookReceiver(): Promise<Receiver> {
  let [status, extra]: [number, Readonly<Record<string, string>>] = [204, {}];
  const received: Received[] = [];
  const held = new Set<() => void>();
  let hangs = false;
  const silence = (response: ServerResponse): Promise<void> =>
    new Promise((over) => {
      const end = () => {
        held.delete(end);
        over();
      };
      held.add(end);
      response.once("close", end);
    });
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers, body });
    if (hangs) await silence(response);
    response.writeHead(status, extra).end();
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/hook`,
    received,
    answer: (to, headers = {}) => {
      [status, extra] = [to, headers];
    },
    hang: (on) => {
      hangs = on;
    },
    held: () => held.size,
    letGo: () => {
      for (const end of held) end();
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

export interface Mail {
  readonly to: string;
  readonly text: string;
}

export interface MailServer extends AsyncDisposable {
  readonly url: string;
  readonly mails: Mail[];
  /** Refuses what comes from now on with this code, or takes it again. */
  refuse(code: number | undefined): void;
}

export async function mailServer(): Promise<MailServer> {
  let refusal: number | undefined;
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    logger: false,
    onRcptTo: (_address, _session, done) =>
      done(refusal === undefined ? undefined : Object.assign(new Error("no"), { responseCode: refusal })),
    onData: (stream, session, done) => {
      let text = "";
      stream.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      stream.on("end", () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), text });
        done();
      });
    },
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    refuse: (code) => {
      refusal = code;
    },
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

/** Requests as users make them. */
export function callsTo(system: () => TestSystem, service: "notifications" | "tasks") {
  return async <T>(
    user: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: T }> => {
    const response = await system().request(service, path, {
      method,
      headers: {
        authorization: `Bearer ${await system().tokenFor(user, { audience: service })}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") && !text.includes("}\n{");
    return { status: response.status, body: (isJson && text ? JSON.parse(text) : text) as T };
  };
}

interface Scheduled {
  readonly userId: string;
  readonly fireAt: string;
  readonly taskId?: string;
  readonly reminderId?: string;
  readonly taskVersion?: number;
}

/** An event of tasks about a reminder. */
export function reminderEvent(type: "scheduled" | "cancelled", props: Scheduled, attributes: object = {}) {
  const { userId, fireAt, taskId = randomUUID(), reminderId = randomUUID(), taskVersion = 1 } = props;
  return {
    specversion: "1.0",
    id: randomUUID(),
    source: "/todo/tasks",
    type: `dev.todo.reminder.${type}.v1`,
    time: NOW,
    subject: taskId,
    partitionkey: taskId,
    datacontenttype: "application/json",
    userid: userId,
    aggregateversion: taskVersion,
    data: { taskId, reminderId, taskVersion, ...(type === "scheduled" ? { fireAt, title: "pay rent" } : {}) },
    ...attributes,
  };
}

export type AnyContext = Pick<ServiceContext<"notifications", Record<never, never>, Record<never, never>>, "db">;
