import type { Metadata } from "next";
import { ActivityView } from "@/activity/activity-view";
import { session } from "@/server/session";
import { text } from "@/text";

export const metadata: Metadata = { title: text.activity.title };

export default async function ActivityPage() {
  if ((await session()).kind !== "signed-in") return null;
  return <ActivityView />;
}
