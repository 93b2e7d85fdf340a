"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ChannelsChange, Channels as Kept, OutsideChannel } from "#contracts/http/notifications";
import { api } from "@/api/client";
import { wordsFor } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { Checkbox, type CheckboxProps } from "@/components/ui/checkbox";
import { Input, Labelled } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/states";
import { showToast } from "@/components/ui/toast";
import { text } from "@/text";
import { Deliveries } from "./deliveries.tsx";
import { Section } from "./section.tsx";

const words = text.settings;
const KEY = ["notification-channels"] as const;
export const DELIVERIES_KEY = ["deliveries"] as const;

/** How reminders reach a person beside the app. */
export function Channels() {
  const { data, isPending, refetch } = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) =>
      (await api.notifications.v1["notification-channels"].$get({}, { init: { signal } })).json(),
  });
  return (
    <Section title={words.reminders}>
      {isPending && <Skeleton className="h-32" />}
      {!isPending && !data && (
        <p role="alert" className="flex items-center justify-between gap-3 text-sm text-danger">
          {words.channelsFailed}
          <Button size="small" onClick={() => void refetch()}>
            {text.common.retry}
          </Button>
        </p>
      )}
      {data && (
        <>
          <Email key={data.email.address} kept={data.email} />
          <Webhook key={data.webhook.url} kept={data.webhook} />
          <Deliveries />
        </>
      )}
    </Section>
  );
}

/** Saves, and shows what the service made of it. */
function useChange() {
  const client = useQueryClient();
  const done = async (answer: Promise<{ json(): Promise<Kept> }>): Promise<void> => {
    try {
      client.setQueryData(KEY, await (await answer).json());
      showToast({ title: words.saved });
    } catch (error) {
      showToast({ kind: "error", title: words.saveFailed, detail: wordsFor(error) });
    }
    void client.invalidateQueries({ queryKey: DELIVERIES_KEY });
  };
  return {
    change: (json: ChannelsChange) =>
      done(api.notifications.v1["notification-channels"].$put({ json } as never) as never),
    confirm: (code: string) =>
      done(api.notifications.v1["notification-channels"].email.confirm.$post({ json: { code } } as never) as never),
    test: async (channel: OutsideChannel) => {
      try {
        await api.notifications.v1["notification-channels"].test.$post({ json: { channel } } as never);
        showToast({ title: words.testSent });
      } catch (error) {
        showToast({ kind: "error", title: words.testFailed, detail: wordsFor(error) });
      }
      void client.invalidateQueries({ queryKey: DELIVERIES_KEY });
    },
  };
}

function Email({ kept }: { readonly kept: Kept["email"] }) {
  const { change, confirm, test } = useChange();
  const [address, setAddress] = useState(kept.address ?? "");
  const [enabled, setEnabled] = useState(kept.enabled);
  const [code, setCode] = useState("");
  if (!kept.available) return <p className="text-sm text-ink-soft">{words.emailUnavailable}</p>;
  const unproven = kept.address !== null && !kept.confirmed && kept.address === address;
  return (
    <Channel
      title={words.email}
      onSave={() => void change({ email: { enabled: enabled && address !== "", address: address || null } })}
      onTest={kept.enabled && kept.confirmed ? () => void test("email") : undefined}
    >
      <Labelled label={words.emailAddress} hint={kept.confirmed ? words.confirmed : undefined}>
        <Input type="email" value={address} onChange={({ target }) => setAddress(target.value)} />
      </Labelled>
      <CheckLine label={words.emailOn} checked={enabled} onChange={setEnabled} />
      {unproven && (
        <div className="flex flex-wrap items-end gap-2">
          <Labelled label={words.confirmTitle} hint={words.confirmHint}>
            <Input
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={6}
              value={code}
              onChange={({ target }) => setCode(target.value)}
            />
          </Labelled>
          <Button disabled={!/^\d{6}$/.test(code)} onClick={() => void confirm(code)}>
            {words.confirm}
          </Button>
        </div>
      )}
    </Channel>
  );
}

function Webhook({ kept }: { readonly kept: Kept["webhook"] }) {
  const { change, test } = useChange();
  const [url, setUrl] = useState(kept.url ?? "");
  const [enabled, setEnabled] = useState(kept.enabled);
  const [secretShown, setSecretShown] = useState(false);
  return (
    <Channel
      title={words.webhook}
      onSave={() => void change({ webhook: { enabled: enabled && url !== "", url: url || null } })}
      onTest={kept.enabled ? () => void test("webhook") : undefined}
    >
      <Labelled label={words.webhookUrl} hint={words.webhookHint}>
        <Input type="url" value={url} onChange={({ target }) => setUrl(target.value)} />
      </Labelled>
      <CheckLine label={words.webhookOn} checked={enabled} onChange={setEnabled} />
      {secretShown ? (
        <p className="text-[13px] break-all text-ink-soft">
          {words.webhookSecret}: <code className="font-mono">{kept.signingSecret}</code>
        </p>
      ) : (
        <Button size="small" look="quiet" className="-ml-2.5 self-start" onClick={() => setSecretShown(true)}>
          <KeyRound aria-hidden className="size-4" />
          {words.showSecret}
        </Button>
      )}
    </Channel>
  );
}

interface ChannelProps {
  readonly title: string;
  readonly onSave: () => void;
  /** Absent where there is nothing to try. */
  readonly onTest: (() => void) | undefined;
  readonly children: ReactNode;
}

function Channel({ title, onSave, onTest, children }: ChannelProps) {
  return (
    <form
      aria-label={title}
      className="flex flex-col gap-3 border-t border-line pt-4 first-of-type:border-none first-of-type:pt-0"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <h3 className="text-sm font-semibold">{title}</h3>
      {children}
      <div className="flex justify-end gap-2">
        {onTest && <Button onClick={onTest}>{words.test}</Button>}
        <Button type="submit">{text.common.save}</Button>
      </div>
    </form>
  );
}

const CheckLine = (props: CheckboxProps) => (
  <div className="flex items-center gap-2.5 text-sm">
    <Checkbox {...props} />
    <button
      type="button"
      tabIndex={-1}
      aria-hidden
      onClick={() => props.onChange(!props.checked)}
      className="text-left"
    >
      {props.label}
    </button>
  </div>
);
