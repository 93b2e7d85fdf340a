/** The UI message stream of the AI SDK as server-sent events. */
import type { UIMessageChunk } from "ai";

export const EVENT_STREAM_HEADERS = {
  "x-vercel-ai-ui-message-stream": "v1",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;

/** Shorter than proxies wait for a byte. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Streams what `write` emits, until it resolves. It must not throw: its errors are chunks.
 * @param write `signal` aborts when the reader goes away, or the caller's request does
 */
export function eventStream(
  requestSignal: AbortSignal,
  write: (emit: (chunk: UIMessageChunk) => void, signal: AbortSignal) => Promise<void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  const signal = AbortSignal.any([requestSignal, gone.signal]);
  let keepAlive: NodeJS.Timeout | undefined;

  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => {
        // Nobody reads any more: the answer is still kept.
        if (!signal.aborted) controller.enqueue(encoder.encode(text));
      };
      keepAlive = setInterval(() => send(": keep-alive\n\n"), KEEP_ALIVE_MS);
      const done = write((chunk) => send(`data: ${JSON.stringify(chunk)}\n\n`), signal).then(
        () => send("data: [DONE]\n\n"),
        (error: unknown) => controller.error(error),
      );
      void done.finally(() => {
        clearInterval(keepAlive);
        if (!gone.signal.aborted) closeQuietly(controller);
      });
    },
    cancel() {
      gone.abort();
      clearInterval(keepAlive);
    },
  });
}

function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch {
    // It was errored or cancelled: there is nothing left to close.
  }
}
