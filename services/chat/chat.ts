/** What the verbs of chat work with: what the kit gives, and what is made of it once. */
import { gatewayKeys } from "#kit/auth/gateway-keys";
import { type TokenVerifier, tokenVerifier } from "#kit/auth/token";
import { type LanguageModel, languageModel } from "./agent/models.ts";
import { type TasksMcp, tasksMcp } from "./agent/tasks-mcp.ts";
import type { ChatContext } from "./context.ts";
import type { DailyLimits } from "./data/usage.ts";

export interface Chat {
  readonly context: ChatContext;
  readonly mcp: TasksMcp;
  /** Undefined: the offline assistant answers. */
  readonly languageModel: LanguageModel | undefined;
  /** Of tokens that are meant for tasks, which chat only passes on. */
  readonly tasksTokens: TokenVerifier;
  readonly limits: DailyLimits;
  /** Answers under way, so that the service ends after them. */
  readonly underWay: Set<Promise<void>>;
}

export async function createChat(context: ChatContext): Promise<Chat> {
  const { sidecar, clock, config } = context;
  return Object.freeze({
    context,
    mcp: tasksMcp(sidecar),
    languageModel: await languageModel(context),
    tasksTokens: tokenVerifier({ audience: "tasks", clock, keys: gatewayKeys(sidecar) }),
    limits: Object.freeze({ turns: config.env.DAILY_TURNS, tokens: config.env.DAILY_TOKENS }),
    underWay: new Set<Promise<void>>(),
  });
}
