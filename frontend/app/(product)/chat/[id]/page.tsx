import type { Metadata } from "next";
import { ChatPage } from "@/chat/chat-page";
import { session } from "@/server/session";
import { text } from "@/text";

export const metadata: Metadata = { title: text.chat.title };

export default async function ConversationPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  if ((await session()).kind !== "signed-in") return null;
  const { id } = await params;
  return <ChatPage key={id} id={id} />;
}
