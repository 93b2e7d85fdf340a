/** The tools of tasks over its MCP endpoint (streamable HTTP), reached through the sidecar with a token of the user. */
import {
  type CallToolResult,
  Client,
  type PriorDiscovery,
  StreamableHTTPClientTransport,
  type Tool,
} from "@modelcontextprotocol/client";
import type { Sidecar } from "#kit/sidecar/port";

/** What tasks reads in `_meta` of a call: the same key does the call once. */
const IDEMPOTENCY_META = "dev.todo/idempotency-key";

/** The sidecar finds the service; the name only has to be a URL. */
const ENDPOINT = new URL("http://tasks/mcp");
const PATH = "/mcp";
const CALL_TIMEOUT_MS = 15_000;
/** A release of tasks may bring new tools. */
const LISTING_MAX_AGE_MS = 60_000;

export interface ToolCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly token: string;
  /** Visible ASCII, at most 255 characters; calls that only read have none. */
  readonly idempotencyKey?: string;
}

export interface TasksMcp {
  /** @throws UnavailableError while tasks is away and its tools were never read */
  tools(): Promise<readonly Tool[]>;
  /** A refusal is a result with `isError`. @throws UnavailableError, or what the client says of an answer that is none */
  call(call: ToolCall): Promise<CallToolResult>;
}

interface Listing {
  readonly tools: readonly Tool[];
  readonly prior: PriorDiscovery;
}

/** @param now milliseconds that never go back */
export function tasksMcp(sidecar: Sidecar, now: () => number = () => performance.now()): TasksMcp {
  let listing: Promise<Listing> | undefined;
  let readAt = 0;

  const current = (): Promise<Listing> => {
    if (listing && now() - readAt < LISTING_MAX_AGE_MS) return listing;
    const previous = listing;
    readAt = now();
    listing = readListing(sidecar).catch((error: unknown) => {
      // What is known outlives a tasks that is away; without any, the next turn tries again.
      listing = previous;
      if (previous) return previous;
      throw error;
    });
    return listing;
  };

  return Object.freeze({
    tools: async () => (await current()).tools,
    call: async ({ tool, input, token, idempotencyKey }: ToolCall) => {
      const { prior } = await current();
      return withClient(sidecar, token, prior, (client) =>
        client.callTool(
          {
            name: tool,
            arguments: { ...input },
            ...(idempotencyKey === undefined ? {} : { _meta: { [IDEMPOTENCY_META]: idempotencyKey } }),
          },
          { timeout: CALL_TIMEOUT_MS },
        ),
      );
    },
  });
}

/** Which tools there are says nothing of any user: read once for all of them, without a token. */
function readListing(sidecar: Sidecar): Promise<Listing> {
  return withClient(sidecar, undefined, undefined, async (client) => {
    const { tools } = await client.listTools();
    const discover = client.getDiscoverResult();
    return { tools, prior: discover ? { kind: "modern", discover } : { kind: "legacy" } };
  });
}

/** A client a call: it is bound to one token, and none can carry another user's. The discovery is not repeated. */
async function withClient<T>(
  sidecar: Sidecar,
  token: string | undefined,
  prior: PriorDiscovery | undefined,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ name: "todo-chat", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
  const transport = new StreamableHTTPClientTransport(ENDPOINT, {
    fetch: (_, init = {}) => {
      const headers = new Headers(init.headers as ConstructorParameters<typeof Headers>[0]);
      if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
      return sidecar.invoke("tasks", PATH, { ...init, headers });
    },
  });
  try {
    await client.connect(transport, { timeout: CALL_TIMEOUT_MS, ...(prior ? { prior } : {}) });
    return await work(client);
  } finally {
    await client.close();
  }
}
