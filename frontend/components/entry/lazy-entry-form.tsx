"use client";
import dynamic from "next/dynamic";
import type { EntryFormProps } from "./entry-form.tsx";

/** Rendered with the page where it is shown; who is signed in already does not load it. */
const EntryForm = dynamic(() => import("./entry-form.tsx").then((m) => m.EntryForm));

export const LazyEntryForm = (props: EntryFormProps) => <EntryForm {...props} />;
