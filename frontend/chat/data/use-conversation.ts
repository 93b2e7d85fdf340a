/** A conversation as a page needs it: what is kept, what is being said, and what can be done. */
import { useQueryClient } from "@tanstack/react-query";
import { type ComponentType, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { keys } from "@/api/keys";
import { fetchLater } from "@/components/late/missing";
import { whenSettled } from "@/components/when-idle";
import type { EngineProps, Live, Session } from "./engine.tsx";
import { useKeptMessages } from "./kept.ts";
import type { ChatMessage } from "./messages.ts";
import type { Decision } from "./transport.ts";

export const loadEngine = () => import("./engine.tsx");

export interface ChatActions {
  /** @returns whether it is on its way; not where the code for it has not come yet */
  readonly send: (text: string) => Promise<boolean>;
  readonly edit: (messageId: string, text: string) => void;
  readonly regenerate: (messageId?: string) => void;
  readonly stop: () => void;
  /** Forgets what could not be sent. */
  readonly discard: () => void;
  readonly decide: (decision: Decision) => void;
}

export interface ConversationState {
  readonly messages: readonly ChatMessage[];
  /** `submitted`: sent, and nothing of the answer is there yet. */
  readonly status: Live["status"];
  readonly error: Error | undefined;
  readonly unsent: boolean;
  /** Of reading what is kept, where nothing can be shown instead. */
  readonly loading: { readonly isPending: boolean; readonly error: Error | null; readonly again: () => void };
  readonly actions: ChatActions;
  /** To be rendered, with `engineProps`, where it is there. */
  readonly Engine: ComponentType<EngineProps> | undefined;
  readonly engineProps: EngineProps | undefined;
}

interface Loaded {
  readonly session: Session;
  readonly Engine: ComponentType<EngineProps>;
}

const nothing: readonly ChatMessage[] = [];

/**
 * @param isKept whether the service knows it; else it begins with the first message
 * @param onAccepted the service took a message
 */
export function useConversation(id: string, isKept: boolean, onAccepted: () => void): ConversationState {
  const client = useQueryClient();
  const [loaded, setLoaded] = useState<Loaded>();
  const [live, setLive] = useState<Live>();
  const session = loaded?.session;
  const query = useKeptMessages(id, isKept && !session?.isBusy);
  const { data: kept, isPending, error, refetch } = query;
  const canBegin = !isKept || kept !== undefined;

  const loading = useRef<Promise<Loaded>>(undefined);
  const begin = useCallback((): Promise<Loaded> => {
    loading.current ??= loadEngine().then(({ Engine, sessionOf }) => {
      const made = { Engine, session: sessionOf({ id, client, kept: kept ?? nothing }) };
      setLoaded(made);
      return made;
    });
    // Without a connection there is no code either: the next time asks anew.
    loading.current.catch(() => {
      loading.current = undefined;
    });
    return loading.current;
  }, [id, client, kept]);

  useEffect(() => (canBegin ? whenSettled(() => void begin().catch(() => undefined)) : undefined), [canBegin, begin]);
  useEffect(() => session?.onAccepted(onAccepted), [session, onAccepted]);
  useEffect(() => {
    if (session && kept && live?.status !== "submitted" && live?.status !== "streaming") session.adopt(kept);
  }, [session, kept, live?.status]);

  const actions = useMemo((): ChatActions => {
    const act = async (run: (session: Session) => unknown): Promise<boolean> => {
      const ready = await begin().catch(() => undefined);
      if (!ready) {
        fetchLater(loadEngine);
        return false;
      }
      await run(ready.session);
      return true;
    };
    return {
      send: (text) => act((own) => own.send(text)),
      edit: (messageId, text) => void act((own) => own.edit(messageId, text)),
      regenerate: (messageId) => void act((own) => own.regenerate(messageId)),
      stop: () => void act((own) => own.stop()),
      discard: () =>
        void act((own) => own.discard(client.getQueryData<ChatMessage[]>(keys.conversations.messages(id)) ?? nothing)),
      decide: (decision) => void act((own) => own.decide(decision)),
    };
  }, [begin, client, id]);

  const messages = live?.messages ?? kept ?? nothing;
  const showing = messages.length > 0;
  return {
    messages,
    status: live?.status ?? "ready",
    error: live?.error,
    unsent: live?.unsent ?? false,
    loading: {
      isPending: isKept && isPending && !showing,
      error: isKept && !showing ? error : null,
      again: () => void refetch(),
    },
    actions,
    Engine: loaded?.Engine,
    engineProps: session && { session, onChange: setLive },
  };
}
