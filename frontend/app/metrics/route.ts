import { isPublic, notHere } from "@/server/internal";
import { metrics } from "@/server/metrics";

export const dynamic = "force-dynamic";

/** Prometheus text exposition format, for the inside of the cluster. */
export async function GET(request: Request): Promise<Response> {
  if (isPublic(request)) return notHere();
  const all = metrics();
  return new Response(await all.render(), { headers: { "content-type": all.registry.contentType } });
}
