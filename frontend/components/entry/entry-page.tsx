import { gatewayApi, MIN_PASSWORD } from "#contracts/http/gateway";
import { buttonClass } from "@/components/ui/button-class";
import { fromGateway } from "@/server/gateway";
import { session } from "@/server/session";
import { text } from "@/text";
import { EntryCard } from "./entry-card.tsx";
import { LazyEntryForm } from "./lazy-entry-form.tsx";

const options = gatewayApi.operations.signInOptions.responses[200].schema;

/** Whether the organisation's provider is offered; a gateway that is away offers nothing. */
async function offersOidc(): Promise<boolean> {
  try {
    const response = await fromGateway("/auth/options");
    const parsed = options.safeParse(response.ok ? await response.json() : undefined);
    return parsed.data?.oidc ?? false;
  } catch {
    return false;
  }
}

export interface EntryPageProps {
  readonly kind: "sign-in" | "sign-up";
  /** Where to go then. @default the page on which the form stands */
  readonly next?: string;
  /** Said above the form, e.g. that the session is over. */
  readonly notice?: string | undefined;
}

export async function EntryPage({ kind, next, notice }: EntryPageProps) {
  const [who, oidc] = await Promise.all([session(), offersOidc()]);
  if (who.kind === "signed-in") {
    return (
      <EntryCard title={text.entry.welcomeBack}>
        <p className="text-sm text-ink-soft">{text.entry.alreadySignedIn(who.me.name)}</p>
        <a href="/" className={buttonClass("primary", "large")}>
          {text.entry.goOn}
        </a>
      </EntryCard>
    );
  }
  return (
    <EntryCard title={kind === "sign-in" ? text.entry.welcomeBack : text.entry.welcome}>
      {notice && <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">{notice}</p>}
      <LazyEntryForm kind={kind} minPassword={MIN_PASSWORD} oidc={oidc} {...(next ? { next } : {})} />
    </EntryCard>
  );
}
