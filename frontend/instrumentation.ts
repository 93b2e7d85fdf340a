/** What happens once when the server starts, and whenever a page fails. */
import type { Instrumentation } from "next";

export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { start } = await import("./server/start.ts");
  try {
    start();
  } catch (error) {
    // Next would go on without what failed, and answer every page with an error.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { log } = await import("./server/log.ts");
  // The digest is the reference that the page shows; the route's pattern holds no ids.
  const { digest } = error as { digest?: string };
  log().error({ err: error, digest, method: request.method, route: context.routePath }, "a page failed");
};
