/** One conversation of this tab. It outlives the page that shows it: an answer goes on while one looks at the tasks. */
import { Chat } from "@ai-sdk/react";
import { type QueryClient, replaceEqualDeep } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { hasCode, wordsFor } from "@/api/problem";
import { showToast } from "@/components/ui/toast";
import { readMessages } from "./kept.ts";
import type { ChatMessage } from "./messages.ts";
import { type Decision, ProductTransport } from "./transport.ts";

export interface SessionProps {
  readonly id: string;
  readonly client: QueryClient;
  readonly kept: readonly ChatMessage[];
}

/** The service ends and keeps an answer a moment after its reader went away. */
const KEPT_AFTER_MS = 1_500;

export class Session {
  readonly chat: Chat<ChatMessage>;
  readonly #client: QueryClient;
  /** What was written here, until the service took it. */
  readonly #unsent = new Map<string, "new" | "edit">();
  readonly #started = new Set<() => void>();
  #deciding: readonly ChatMessage[] | undefined;
  /** Whether the service took the request that is under way, or was the last. */
  #taken = false;

  constructor({ id, client, kept }: SessionProps) {
    this.#client = client;
    this.chat = new Chat<ChatMessage>({
      id,
      messages: [...kept],
      generateId: () => crypto.randomUUID(),
      transport: new ProductTransport({
        unsent: (messageId) => this.#unsent.get(messageId),
        onAccepted: () => this.#accepted(),
      }),
      onData: ({ type }) => {
        if (type === "data-conversation") void client.invalidateQueries({ queryKey: keys.conversations.list });
      },
      onError: (error) => void this.#failed(error),
      onFinish: ({ isAbort, isError }) => void this.#settle(isAbort || isError),
    });
  }

  get isBusy(): boolean {
    return this.chat.status === "submitted" || this.chat.status === "streaming";
  }

  /** What was written last did not reach the service, as far as is known. */
  get hasUnsent(): boolean {
    return this.#unsent.size > 0;
  }

  /** Tells when the service has taken what was sent: from then on the conversation exists. */
  onAccepted(tell: () => void): () => void {
    this.#started.add(tell);
    return () => this.#started.delete(tell);
  }

  send(text: string): void {
    const id = crypto.randomUUID();
    this.#taken = false;
    this.#unsent.set(id, "new");
    void this.chat.sendMessage({ id, role: "user", parts: [{ type: "text", text }] });
  }

  edit(messageId: string, text: string): void {
    this.#taken = false;
    if (!this.#unsent.has(messageId)) this.#unsent.set(messageId, "edit");
    void this.chat.sendMessage({ messageId, role: "user", parts: [{ type: "text", text }] });
  }

  /** @param messageId of an answer. @default the last */
  regenerate(messageId?: string): void {
    this.#taken = false;
    void this.chat.regenerate(messageId === undefined ? {} : { messageId });
  }

  /** Forgets what could not be sent. */
  discard(kept: readonly ChatMessage[]): void {
    this.#unsent.clear();
    this.chat.clearError();
    this.chat.messages = [...kept];
  }

  async stop(): Promise<void> {
    await this.chat.stop();
  }

  /** Nothing is shown as approved before the service says so: until then the card only says that it was asked to. */
  async decide(decision: Decision): Promise<void> {
    this.#taken = false;
    this.#deciding = this.chat.messages;
    await this.chat.addToolApprovalResponse({ id: decision.approvalId, approved: decision.decision === "approve" });
    await this.chat.sendMessage(undefined, { metadata: decision });
    this.#deciding = undefined;
  }

  /** Takes over what the service keeps, where nothing is under way here. */
  adopt(kept: readonly ChatMessage[]): void {
    if (this.isBusy || this.#unsent.size > 0) return;
    this.chat.messages = replaceEqualDeep(this.chat.messages, kept) as ChatMessage[];
    // The answer was cut on its way; now it is here as far as it was written, and says so itself.
    if (this.#taken && kept.at(-1)?.metadata?.status !== "streaming") this.chat.clearError();
  }

  #accepted(): void {
    this.#taken = true;
    this.#unsent.clear();
    for (const tell of this.#started) tell();
  }

  async #failed(error: Error): Promise<void> {
    if (this.#deciding) {
      this.chat.messages = [...this.#deciding];
      showToast({ kind: "error", title: wordsFor(error) });
      this.chat.clearError();
      return;
    }
    // It may have been taken the time before, when the answer to it got lost.
    if (!hasCode(error, "conflict")) return;
    const kept = await readMessages(this.chat.id).catch(() => undefined);
    if (!kept || this.isBusy || ![...this.#unsent.keys()].every((id) => kept.some((message) => message.id === id)))
      return;
    this.#unsent.clear();
    this.chat.clearError();
    this.adopt(kept);
  }

  async #settle(early: boolean): Promise<void> {
    const { list, messages } = keys.conversations;
    const queryKey = messages(this.chat.id);
    if (!this.#taken) return;
    // Something that was asked for in between knows less than what stands here.
    await this.#client.cancelQueries({ queryKey });
    if (this.isBusy) return;
    this.#client.setQueryData(queryKey, this.chat.messages);
    void this.#client.invalidateQueries({ queryKey: list });
    void this.#client.invalidateQueries({ queryKey: keys.approvals });
    if (early) setTimeout(() => void this.#client.invalidateQueries({ queryKey }), KEPT_AFTER_MS);
  }
}

const sessions = new Map<string, Session>();

/** Conversations that are kept ready; the others are read again. */
const MOST = 8;

export function sessionOf(props: SessionProps): Session {
  const known = sessions.get(props.id);
  if (known) return known;
  for (const [id, session] of sessions) {
    if (sessions.size < MOST) break;
    if (!session.isBusy) sessions.delete(id);
  }
  const made = new Session(props);
  sessions.set(props.id, made);
  return made;
}

/** For a conversation that was deleted. */
export function forgetSession(id: string): void {
  void sessions.get(id)?.stop();
  sessions.delete(id);
}
