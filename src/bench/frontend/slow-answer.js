/**
 * Runs in the page: answers come in pieces of a few words, as a language model writes, each marked as it arrives. The offline
 * assistant says a sentence at once, and what is measured is the page.
 */
(() => {
  const [PIECES, PAUSE_MS] = [120, 120];
  const real = window.fetch;
  const encoder = new TextEncoder();
  const line = (chunk) => encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`);
  const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

  async function write(controller) {
    controller.enqueue(line({ type: "start", messageId: crypto.randomUUID() }));
    controller.enqueue(line({ type: "start-step" }));
    controller.enqueue(line({ type: "text-start", id: "text" }));
    for (let n = 0; n < PIECES; n++) {
      await pause();
      performance.mark(`bench:${n}`);
      const delta = `word ${n} of an **answer** that goes on${n % 12 === 11 ? "\n\n" : ", "}`;
      controller.enqueue(line({ type: "text-delta", id: "text", delta }));
    }
    controller.enqueue(line({ type: "text-end", id: "text" }));
    controller.enqueue(line({ type: "finish-step" }));
    controller.enqueue(line({ type: "finish" }));
    controller.enqueue(encoder.encode("data: [DONE]\n\n"));
    controller.close();
  }

  window.fetch = async (input, init) => {
    const isRequest = input instanceof Request;
    const [address, method] = [isRequest ? input.url : String(input), isRequest ? input.method : init?.method];
    if (method !== "POST" || !address.endsWith("/api/v1/chat")) return real(input, init);
    const headers = { "content-type": "text/event-stream", "x-vercel-ai-ui-message-stream": "v1" };
    return new Response(new ReadableStream({ start: (controller) => void write(controller) }), { headers });
  };
})();
