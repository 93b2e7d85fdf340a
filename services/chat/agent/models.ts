/** Which model answers: the configured endpoint where there is a key for it, else the offline one. */
import OpenAI from "openai";
import type { ChatContext } from "../context.ts";
import { getDefaultModel, type Model, OpenAIProvider } from "./sdk.ts";

export interface LanguageModel {
  /** As kept with each answer. */
  readonly name: string;
  readonly model: Model;
}

const RETRIES = 1;

/** @returns undefined without a key: the offline assistant answers */
export async function languageModel({ config, handle, log }: ChatContext): Promise<LanguageModel | undefined> {
  const apiKey = await handle.secrets.get("openai-api-key");
  if (!apiKey) {
    log.info("no key for a language model: the offline assistant answers");
    return undefined;
  }
  const { LLM_BASE_URL, LLM_MODEL: name = getDefaultModel(), LLM_TIMEOUT_SECONDS } = config.env;
  const client = new OpenAI({
    apiKey,
    baseURL: LLM_BASE_URL,
    maxRetries: RETRIES,
    timeout: LLM_TIMEOUT_SECONDS * 1000,
    // It would print what was said to standard error.
    logLevel: "off",
  });
  // Chat completions, not responses: that is what compatible endpoints speak.
  const provider = new OpenAIProvider({ openAIClient: client as never, useResponses: false });
  log.info({ endpoint: new URL(LLM_BASE_URL).host, model: name }, "a language model answers");
  return Object.freeze({ name, model: await provider.getModel(name) });
}
