import type { Metadata } from "next";
import { session } from "@/server/session";
import { SettingsView } from "@/settings/settings-view";
import { text } from "@/text";

export const metadata: Metadata = { title: text.settings.title };

export default async function SettingsPage() {
  if ((await session()).kind !== "signed-in") return null;
  return <SettingsView />;
}
