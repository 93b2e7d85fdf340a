/** The start of the product: something to say. */
import { HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { cookies } from "next/headers";
import { BESIDE_COOKIE, isOpenBy } from "@/chat/beside/choice";
import { ChatPage } from "@/chat/chat-page";
import { firstChat } from "@/server/first-data";
import { session } from "@/server/session";
import { text } from "@/text";

export const metadata: Metadata = { title: text.chat.title };

export default async function StartPage() {
  const [who, chat] = await Promise.all([session(), firstChat()]);
  if (who.kind !== "signed-in") return null;
  return (
    <HydrationBoundary state={chat}>
      <ChatPage tasksBeside={isOpenBy((await cookies()).get(BESIDE_COOKIE)?.value)} />
    </HydrationBoundary>
  );
}
