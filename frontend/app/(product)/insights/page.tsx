import type { Metadata } from "next";
import { InsightsView } from "@/insights/insights-view";
import { session } from "@/server/session";
import { text } from "@/text";

export const metadata: Metadata = { title: text.insights.title };

export default async function InsightsPage() {
  if ((await session()).kind !== "signed-in") return null;
  return <InsightsView />;
}
