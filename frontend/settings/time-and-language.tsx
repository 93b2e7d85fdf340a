"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Me } from "#contracts/http/gateway";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import { useMe } from "@/api/me";
import { wordsFor } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { Input, Labelled } from "@/components/ui/input";
import { showToast } from "@/components/ui/toast";
import { text } from "@/text";
import { Section } from "./section.tsx";

const words = text.settings;

const zones = (): readonly string[] => Intl.supportedValuesOf("timeZone");

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export function TimeAndLanguage() {
  const { settings } = useMe();
  const client = useQueryClient();
  const [draft, setDraft] = useState(settings);
  const [saving, setSaving] = useState(false);
  const wrongZone = !isZone(draft.timeZone);
  const set = (change: Partial<Me["settings"]>): void => setDraft((before) => ({ ...before, ...change }));
  const save = async (): Promise<void> => {
    setSaving(true);
    try {
      const me = await (await api.gateway.api.me.settings.$patch({ json: draft } as never)).json();
      client.setQueryData(keys.me, me);
      showToast({ title: words.saved });
    } catch (error) {
      showToast({ kind: "error", title: words.saveFailed, detail: wordsFor(error) });
    }
    setSaving(false);
  };
  return (
    <Section title={words.time}>
      <form
        className="grid gap-4 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrongZone) void save();
        }}
      >
        <Labelled label={words.timeZone} hint={words.timeZoneHint} error={wrongZone ? words.timeZoneWrong : undefined}>
          <Input list="time-zones" value={draft.timeZone} onChange={({ target }) => set({ timeZone: target.value })} />
        </Labelled>
        <datalist id="time-zones">
          {zones().map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <Labelled label={words.dayStart} hint={words.dayStartHint}>
          <Input
            type="time"
            required
            value={draft.dayStart}
            onChange={({ target }) => set({ dayStart: target.value })}
          />
        </Labelled>
        <Labelled label={words.locale}>
          <Input
            required
            maxLength={35}
            value={draft.locale}
            onChange={({ target }) => set({ locale: target.value })}
          />
        </Labelled>
        <div className="flex items-end justify-end sm:col-span-2">
          <Button look="primary" type="submit" disabled={saving || wrongZone}>
            {text.common.save}
          </Button>
        </div>
      </form>
    </Section>
  );
}
