import * as z from "zod";
import { todo } from "#system";

const count = (most: number, otherwise: number) => z.coerce.number().int().min(1).max(most).default(otherwise);

/** Beyond what every service reads. The key is the secret `openai-api-key`: without it the offline assistant answers. */
export const environment = {
  /** Any endpoint that speaks OpenAI's chat completions. */
  LLM_BASE_URL: z.url().default(`https://${todo.outside.llm.host}/v1`),
  /** What the endpoint calls its model; left out, the default of the agents SDK. */
  LLM_MODEL: z.string().min(1).optional(),
  /** How long the endpoint may take for the first byte of an answer. */
  LLM_TIMEOUT_SECONDS: count(600, 60),
  /** Calls of the model for one message. */
  MAX_MODEL_CALLS: count(50, 8),
  /** Changes that need no approval, of one message: adding is what they are made of. */
  MAX_TOOL_CALLS: count(500, 40),
  /** What the model gets to see of a conversation. */
  HISTORY_TOKENS: count(1_000_000, 8_000),
  /** A user's messages a day (UTC), and tokens of the language model a day. */
  DAILY_TURNS: count(1_000_000, 1_000),
  DAILY_TOKENS: count(1_000_000_000, 500_000),
} as const;
