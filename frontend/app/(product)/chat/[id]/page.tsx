import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { cookies } from "next/headers";
import { BESIDE_COOKIE, isOpenBy } from "@/chat/beside/choice";
import { ChatPage } from "@/chat/chat-page";
import { firstChat } from "@/server/first-data";
import { session } from "@/server/session";
import { text } from "@/text";

export const metadata: Metadata = { title: text.chat.title };

/** Which conversation is shown, the page reads from its address: it goes from one to another without being loaded anew. */
export default async function ConversationPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  const [who, chat] = await Promise.all([session(), firstChat(id)]);
  if (who.kind !== "signed-in") return null;
  return (
    <HydrationBoundary state={chat}>
      <ChatPage tasksBeside={isOpenBy((await cookies()).get(BESIDE_COOKIE)?.value)} />
    </HydrationBoundary>
  );
}
