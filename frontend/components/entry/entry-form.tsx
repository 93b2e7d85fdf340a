"use client";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input, Labelled } from "@/components/ui/input";
import { Spinner } from "@/components/ui/spinner";
import { text } from "@/text";
import { entryWords, signIn, signInWithProvider, signUp } from "./sign-in.ts";

const words = text.entry;

export interface EntryFormProps {
  readonly kind: "sign-in" | "sign-up";
  readonly minPassword: number;
  readonly oidc: boolean;
  /** Where to go then. @default the page on which the form stands */
  readonly next?: string;
}

type Wrong = Partial<Record<"name" | "email" | "password" | "form", string>>;

export function EntryForm({ kind, minPassword, oidc, next }: EntryFormProps) {
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);

  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    setBusy(true);
    setWrong({});
    try {
      await work();
      return true;
    } catch (error) {
      setWrong({ form: entryWords(error) });
      setBusy(false);
      return false;
    }
  };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = (field: string): string => String(new FormData(form).get(field) ?? "");
    const person = { name: given("name").trim(), email: given("email").trim(), password: given("password") };
    const missing = check(kind, person, minPassword);
    const [first] = Object.keys(missing);
    if (first) {
      setWrong(missing);
      form.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
      return;
    }
    const { name: _, ...credentials } = person;
    const done = await attempt(() => (kind === "sign-in" ? signIn(credentials) : signUp(person)));
    // A new page, so that the server renders it for who is signed in now.
    if (done) window.location.assign(next ?? window.location.href);
  };

  return (
    <>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {kind === "sign-up" && (
          <Labelled label={words.name} error={wrong.name}>
            <Input name="name" autoComplete="name" />
          </Labelled>
        )}
        <Labelled label={words.email} error={wrong.email}>
          <Input name="email" type="email" autoComplete="email" inputMode="email" autoCapitalize="none" />
        </Labelled>
        <Labelled
          label={words.password}
          error={wrong.password}
          hint={kind === "sign-up" ? words.passwordHint(minPassword) : undefined}
        >
          <Input
            name="password"
            type="password"
            autoComplete={kind === "sign-in" ? "current-password" : "new-password"}
          />
        </Labelled>
        <p role="alert" className="text-sm text-danger empty:hidden">
          {wrong.form}
        </p>
        <Button type="submit" look="primary" size="large" disabled={busy}>
          {busy && <Spinner />}
          {kind === "sign-in" ? (busy ? words.signingIn : words.signIn) : busy ? words.signingUp : words.signUp}
        </Button>
      </form>
      {oidc && (
        <Button size="large" disabled={busy} onClick={() => void attempt(signInWithProvider)}>
          {words.continueWith("SSO")}
        </Button>
      )}
      <p className="text-center text-sm text-ink-soft">
        {kind === "sign-in" ? words.newHere : words.haveAccount}{" "}
        <Link
          href={kind === "sign-in" ? "/sign-up" : "/sign-in"}
          className="rounded font-medium text-accent underline underline-offset-4 hover:text-accent-strong"
        >
          {kind === "sign-in" ? words.signUp : words.signIn}
        </Link>
      </p>
    </>
  );
}

/** In the order of the fields, so that the first wrong one gets the focus. */
function check(kind: EntryFormProps["kind"], person: Record<string, string>, minPassword: number): Wrong {
  const { name = "", email = "", password = "" } = person;
  const wrong: Wrong = {};
  if (kind === "sign-up" && name === "") wrong.name = words.missing.name;
  if (email === "") wrong.email = words.missing.email;
  else if (!/^\S+@\S+\.\S+$/.test(email)) wrong.email = words.missing.emailShape;
  if (password === "") wrong.password = words.missing.password;
  else if (kind === "sign-up" && password.length < minPassword) {
    wrong.password = words.missing.passwordShort(minPassword);
  }
  return wrong;
}
