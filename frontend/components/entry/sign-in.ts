/** Signing in and up at the gateway, and what its answers mean to the person. */
import { api } from "@/api/client";
import { hasCode, NetworkError } from "@/api/problem";
import { text } from "@/text";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export async function signIn(credentials: Credentials): Promise<void> {
  await api.gateway.api.auth["sign-in"].email.$post({ json: credentials });
}

/** The new account begins in the time zone and language of this browser. */
export async function signUp(person: Credentials & { readonly name: string }): Promise<void> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  await api.gateway.api.auth["sign-up"].email.$post({ json: { ...person, timeZone, locale: navigator.language } });
}

/** Leads the browser to the organisation's provider, which leads it back. */
export async function signInWithProvider(): Promise<void> {
  const answer = await api.gateway.api.auth["sign-in"].social.$post({
    json: { provider: "oidc", callbackURL: "/", errorCallbackURL: "/sign-in?failed=1" },
  });
  window.location.assign((await answer.json()).url);
}

export async function signOut(): Promise<void> {
  await api.gateway.api.auth["sign-out"].$post({});
  // A new page: nothing of this person is left in memory.
  window.location.assign("/sign-in");
}

/** What to say when it did not work; never whether an address has an account, except to who wants to make one. */
export function entryWords(error: unknown): string {
  if (error instanceof NetworkError) return text.entry.unreachable;
  if (hasCode(error, "not-authenticated")) return text.entry.wrong;
  if (hasCode(error, "unprocessable", "conflict")) return error.problem.detail ?? text.entry.taken;
  if (hasCode(error, "too-many-requests")) return text.entry.tooMany(error.retryAfterSeconds);
  if (hasCode(error, "invalid-request")) return error.problem.errors?.[0]?.message ?? text.entry.failed;
  return text.entry.failed;
}
