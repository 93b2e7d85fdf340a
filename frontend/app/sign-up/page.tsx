import type { Metadata } from "next";
import { EntryPage } from "@/components/entry/entry-page";
import { text } from "@/text";

export const metadata: Metadata = { title: text.entry.signUp };

export default function SignUpPage() {
  return <EntryPage kind="sign-up" next="/" />;
}
