/** A path's pattern for metrics: bounded in number, and without anybody's ids. */

const PAGES = new Set(["/", "/tasks", "/activity", "/insights", "/settings", "/sign-in", "/sign-up"]);

export function routeOf(path: string): string {
  if (PAGES.has(path)) return path;
  if (path.startsWith("/_next/static/")) return "/_next/static/*";
  if (path.startsWith("/chat/")) return "/chat/:id";
  return "unmatched";
}
