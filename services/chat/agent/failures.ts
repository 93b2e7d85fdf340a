/** What went wrong while answering, in words for the user. */
import { APIConnectionError, APIError } from "openai";
import { UnavailableError } from "#kit/errors";
import { BudgetError } from "../data/usage.ts";
import { BrokenOffError } from "./observed-model.ts";
import { MaxTurnsExceededError, ModelBehaviorError } from "./sdk.ts";
import { TooManyToolCallsError } from "./turn.ts";

/** @returns undefined for what is a fault of ours rather than of a limit or the endpoint */
export function failureInWords(error: unknown): string | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof BudgetError)
      return "You have used up the assistant for today. It is back tomorrow; your tasks work as ever.";
    if (cause instanceof TooManyToolCallsError || cause instanceof MaxTurnsExceededError) {
      return "This took more steps than one message may take, so I stopped. What is shown above was done; send the rest as another message.";
    }
    if (cause instanceof BrokenOffError) return "The language model broke off in the middle of its answer. Try again.";
    if (cause instanceof UnavailableError) return `${cause.message}. Your message is kept: try again in a minute.`;
    const words = endpointInWords(cause);
    if (words) return words;
  }
  return undefined;
}

/** Errors of the OpenAI client: with the status of the endpoint, or without one when nothing answered. */
function endpointInWords(error: Error): string | undefined {
  const status = error instanceof APIError ? error.status : undefined;
  if (status === 429) return "The language model is busy just now. Nothing was lost: try again in a minute.";
  if (status === 401 || status === 403) {
    return "The language model refused the key of this installation: tell whoever runs it.";
  }
  if (error instanceof APIConnectionError || error.name === "TimeoutError") {
    return "The language model cannot be reached just now. Nothing was lost: try again in a minute.";
  }
  if (error instanceof APIError) {
    return "The language model could not answer. Nothing was lost: try again in a minute.";
  }
  if (error instanceof SyntaxError || error instanceof ModelBehaviorError) {
    return "The language model answered something that cannot be read. Nothing was lost: try again.";
  }
  return undefined;
}
