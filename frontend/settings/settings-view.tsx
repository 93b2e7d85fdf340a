"use client";
import { PageHeader } from "@/components/shell/page-header";
import { text } from "@/text";
import { Appearance } from "./appearance.tsx";
import { Channels } from "./channels.tsx";
import { TimeAndLanguage } from "./time-and-language.tsx";
import { YourData } from "./your-data.tsx";

export function SettingsView() {
  return (
    <>
      <PageHeader title={text.settings.title} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-8 sm:px-6">
        <div className="mx-auto flex max-w-3xl flex-col gap-5">
          <TimeAndLanguage />
          <Appearance />
          <Channels />
          <YourData />
        </div>
      </div>
    </>
  );
}
