/** The product's pages, in the order in which they are offered. */
import { Activity, ChartColumn, ListChecks, type LucideIcon, MessageCircle, Settings } from "lucide-react";
import { text } from "@/text";

export interface Destination {
  readonly path: string;
  readonly name: string;
  readonly icon: LucideIcon;
}

export const destinations: readonly Destination[] = [
  { path: "/", name: text.navigation.chat, icon: MessageCircle },
  { path: "/tasks", name: text.navigation.tasks, icon: ListChecks },
  { path: "/activity", name: text.navigation.activity, icon: Activity },
  { path: "/insights", name: text.navigation.insights, icon: ChartColumn },
  { path: "/settings", name: text.navigation.settings, icon: Settings },
];

/** Conversations have addresses of their own below `/chat`, and are the chat too. */
export const isAt = (path: string, current: string): boolean =>
  path === "/" ? current === "/" || current.startsWith("/chat") : current === path || current.startsWith(`${path}/`);
