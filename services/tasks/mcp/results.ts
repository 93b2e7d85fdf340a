import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Logger } from "pino";
import { problemCodes } from "#contracts/http/problem";
import { isDatabaseAway } from "#kit/database/database";
import { AppError } from "#kit/errors";

/** The same content twice, as the specification asks for clients that know no structured content. */
const resultOf = (content: Record<string, unknown>): CallToolResult => ({
  content: [{ type: "text", text: JSON.stringify(content) }],
  structuredContent: content,
});

const errorOf = (text: string): CallToolResult => ({ content: [{ type: "text", text }], isError: true });

/** A refusal is a result that the model can read and act on; what is ours to mend is logged and told to nobody. */
export async function answering(log: Logger, work: () => Promise<Record<string, unknown>>): Promise<CallToolResult> {
  try {
    return resultOf(await work());
  } catch (error) {
    if (error instanceof AppError && error.status < 500) {
      return errorOf(
        error.detail ? `${problemCodes[error.code].title}. ${error.detail}` : problemCodes[error.code].title,
      );
    }
    log.error({ err: error }, "a tool failed");
    const away = error instanceof AppError ? error.status === 503 : isDatabaseAway(error);
    return errorOf(problemCodes[away ? "unavailable" : "internal-error"].title);
  }
}
