import type { Metadata } from "next";
import { EntryPage } from "@/components/entry/entry-page";
import { text } from "@/text";

export const metadata: Metadata = { title: text.entry.signIn };

interface Props {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export default async function SignInPage({ searchParams }: Props) {
  const { ended, failed } = await searchParams;
  const notice = ended ? text.sessionOver : failed ? text.entry.failed : undefined;
  return <EntryPage kind="sign-in" next="/" notice={notice} />;
}
