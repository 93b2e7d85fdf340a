import { health } from "@/server/health";

export const dynamic = "force-dynamic";

/** Readiness, and what Dapr's app health check asks. */
export async function GET(): Promise<Response> {
  const failing = await health().failing();
  return failing.length === 0
    ? Response.json({ status: "ok" })
    : Response.json({ status: "unavailable", failing }, { status: 503 });
}
