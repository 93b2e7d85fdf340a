/** A client that tries the same thing again until it is answered, and remembers what it heard. */
import { setTimeout as delay } from "node:timers/promises";
import type { Answer } from "#test/system/person";

export interface Heard {
  /** How often each status was answered, and how often nothing. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answers to correct requests that a client would take for its own mistake. */
  readonly blames: readonly string[];
  /** Requests that were never answered with success. */
  readonly unanswered: readonly string[];
}

/** @returns undefined where it was refused, or never answered with success */
export type Insist = <T>(what: string, send: () => Promise<Answer<T>>) => Promise<T | undefined>;

const RETRY_MS = 250;
const GIVE_UP_MS = 240_000;
/** The service is away, busy, or another try of the same is under way. */
const AGAIN = [409, 429, 500, 502, 503, 504];

export function carefulClient(): { readonly insist: Insist; readonly heard: Heard } {
  const answers: Record<string, number> = {};
  const blames: string[] = [];
  const unanswered: string[] = [];
  const insist: Insist = async (what, send) => {
    const deadline = Date.now() + GIVE_UP_MS;
    while (Date.now() < deadline) {
      const answer = await send().catch(() => undefined);
      const status = answer?.status ?? "none";
      answers[status] = (answers[status] ?? 0) + 1;
      if (answer && answer.status < 300) return answer.body;
      if (answer && !AGAIN.includes(answer.status)) {
        blames.push(`${what} was answered with ${answer.status}: ${answer.text.slice(0, 300)}`);
        return undefined;
      }
      await delay(RETRY_MS);
    }
    unanswered.push(what);
    return undefined;
  };
  return { insist, heard: { answers, blames, unanswered } };
}
