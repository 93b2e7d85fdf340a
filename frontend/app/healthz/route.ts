/** Liveness: the process turns its event loop. */
export const dynamic = "force-dynamic";

export const GET = (): Response => Response.json({ status: "ok" });
