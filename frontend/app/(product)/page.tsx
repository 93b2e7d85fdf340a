/** The start of the product: something to say. */
import type { Metadata } from "next";
import { ChatPage } from "@/chat/chat-page";
import { session } from "@/server/session";
import { text } from "@/text";

export const metadata: Metadata = { title: text.chat.title };

export default async function StartPage() {
  if ((await session()).kind !== "signed-in") return null;
  return <ChatPage />;
}
