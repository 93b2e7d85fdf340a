import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { Certificate } from "#test/engines/certificates";

export interface GitServer {
  /** Address of the folder; a repository in it is `<url>/<name>.git`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the repositories of a folder for reading, by git's own `http-backend`, over https on loopback. */
export async function serveGit(folder: () => string, { certificate, key }: Certificate): Promise<GitServer> {
  const server = createServer({ cert: certificate, key }, (request, response) => answer(folder(), request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  return {
    url: `https://127.0.0.1:${port}`,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** The Common Gateway Interface (RFC 3875), as far as git uses it. */
function answer(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? "/", "https://localhost");
  const header = (name: string): string => [request.headers[name] ?? ""].flat().join(", ");
  const backend = spawn("git", ["http-backend"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: header("git-protocol"),
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: header("content-type"),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
    },
  });
  backend.stdin.on("error", () => {});
  request.pipe(backend.stdin);
  relay(backend.stdout, response);
}

/** Splits what the program prints into headers and body; the body is passed on as it comes. */
function relay(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head: Buffer | null = Buffer.alloc(0);
  output.on("data", (chunk: Buffer) => {
    if (head === null) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    for (const line of head.subarray(0, end).toString().split("\r\n")) {
      const [name = "", value = ""] = line.split(/:\s*/, 2);
      if (name === "Status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
    head = null;
  });
  output.on("end", () => {
    if (head !== null) response.statusCode = 500;
    response.end();
  });
}
