/** Writes an answer to its end, whatever that is: done, waiting for an approval, stopped, or failed. */
import { failureInWords } from "../agent/failures.ts";
import { historyOf } from "../agent/history.ts";
import { runAgent } from "../agent/run.ts";
import { Turn } from "../agent/turn.ts";
import type { Answer } from "../answer/answer.ts";
import type { Reader } from "../answer/outputs.ts";
import type { Chat } from "../chat.ts";
import { TURN_LEASE_MS } from "../data/conversations.ts";
import { latestMessages } from "../data/messages.ts";
import { requireTokens, spendTokens } from "../data/usage.ts";
import type { Happened } from "../events/record.ts";
import { OfflineModel } from "../offline/model.ts";
import { askApprovals } from "./ask-approvals.ts";
import { keep, type Place } from "./keep.ts";

export interface Answering {
  readonly place: Place;
  readonly answer: Answer;
  readonly reader: Reader;
  /** For tasks, without an approval. */
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Before the model is asked: carries out what was approved. @returns whether the model goes on */
export type Before = (turn: Turn) => Promise<boolean>;

/** Never rejects: what goes wrong becomes a part of the answer. */
export async function writeAnswer(chat: Chat, answering: Answering, before?: Before): Promise<void> {
  const { place, answer, signal } = answering;
  const holding = setInterval(() => void keepQuietly(chat, answering), TURN_LEASE_MS / 3);
  let turn: Turn | undefined;
  try {
    turn = await turnOf(chat, answering);
    const waiting = (await before?.(turn)) === false ? [] : await run(chat, answering, turn);
    await conclude(chat, answering, turn, waiting);
  } catch (error) {
    await turn?.settled();
    await breakOff(chat, place, answer, error, signal);
  } finally {
    clearInterval(holding);
  }
}

async function turnOf(chat: Chat, { place, answer, reader, token }: Answering): Promise<Turn> {
  return new Turn({
    answer,
    mcp: chat.mcp,
    tools: await chat.mcp.tools(),
    token,
    reader,
    maxToolCalls: chat.context.config.env.MAX_TOOL_CALLS,
    onToolUsed: async ({ toolName, toolCallId }, outcome) => {
      const data = { tool: toolName, callId: toolCallId, outcome };
      await keep(chat, place, answer, { end: false, events: [{ type: "dev.todo.chat.tool_used.v1", data }] });
    },
  });
}

/** How far back the offline assistant remembers lists. */
const MOST_MESSAGES = 60;

async function run(chat: Chat, answering: Answering, turn: Turn): Promise<readonly string[]> {
  const { context, languageModel, limits } = chat;
  const { answer, place, reader, signal } = answering;
  const { HISTORY_TOKENS, MAX_MODEL_CALLS } = context.config.env;
  signal.throwIfAborted();
  const kept = await latestMessages(context.db, place.conversationId, MOST_MESSAGES);
  const messages = kept.map((message) => (message.id === answer.id ? { ...message, parts: answer.parts } : message));
  const { db, clock } = context;
  return runAgent({
    turn,
    model: languageModel?.model ?? new OfflineModel(reader),
    budget: languageModel && {
      check: () => requireTokens(db, place.userId, clock.now(), limits),
      spend: (tokens) => spendTokens(db, place.userId, clock.now(), tokens),
    },
    reader,
    history: historyOf(
      messages.filter(({ parts }) => parts.length > 0),
      languageModel ? HISTORY_TOKENS : Number.POSITIVE_INFINITY,
    ),
    maxModelCalls: MAX_MODEL_CALLS,
    signal,
  });
}

async function conclude(chat: Chat, { place, answer }: Answering, turn: Turn, waiting: readonly string[]) {
  answer.hold();
  const asked = askApprovals(chat, place, turn, waiting);
  if (!answer.hasSpoken()) answer.text(asked.words);
  const isWaiting = answer.tools().some(({ state }) => state === "approval-requested");
  answer.finish(isWaiting ? "waiting" : "done");
  await keep(chat, place, answer, { end: true, events: [...asked.events, ...written(answer)], also: asked.insert });
  answer.release();
}

async function breakOff(chat: Chat, place: Place, answer: Answer, error: unknown, signal: AbortSignal) {
  answer.drop();
  if (answer.status !== "streaming") answer.reopen();
  if (signal.aborted) answer.finish("stopped");
  else {
    const words = failureInWords(error);
    if (words === undefined) chat.context.log.error({ err: error }, "an answer failed");
    else chat.context.log.warn({ err: error }, "an answer was broken off");
    answer.finish(
      "failed",
      words ?? "Something went wrong on our side. What is shown above was done; try the rest again.",
    );
  }
  try {
    await keep(chat, place, answer, { end: true, events: written(answer) });
  } catch (err) {
    chat.context.log.error({ err }, "the end of an answer could not be kept");
  }
}

const written = ({ id, status }: Answer): readonly Happened[] =>
  status === "waiting" ? [] : [{ type: "dev.todo.chat.message_sent.v1", data: { messageId: id, role: "assistant" } }];

/** A long answer keeps its turn, and what it has so far. */
async function keepQuietly(chat: Chat, { place, answer }: Answering): Promise<void> {
  try {
    await keep(chat, place, answer, { end: false });
  } catch (err) {
    chat.context.log.warn({ err }, "an answer could not be kept on the way");
  }
}
