"use client";
import { useState } from "react";
import { chooseTheme, currentTheme, themes } from "@/components/theme";
import { Button } from "@/components/ui/button";
import { useHydrated } from "@/components/use-hydrated";
import { text } from "@/text";
import { Section } from "./section.tsx";

const names = text.navigation.themes;

export function Appearance() {
  const [chosen, setChosen] = useState<(typeof themes)[number]>();
  // What the page has is known in the browser alone.
  const hydrated = useHydrated();
  const theme = chosen ?? (hydrated ? currentTheme() : undefined);
  return (
    <Section title={text.settings.appearance}>
      <fieldset
        aria-label={text.navigation.theme}
        className="flex items-center gap-0.5 self-start rounded-lg bg-sunken p-0.5"
      >
        {themes.map((name) => (
          <Button
            key={name}
            size="small"
            look="quiet"
            className={theme === name ? "bg-raised text-ink shadow-xs" : undefined}
            aria-pressed={theme === name}
            onClick={() => {
              setChosen(name);
              chooseTheme(name);
            }}
          >
            {names[name]}
          </Button>
        ))}
      </fieldset>
    </Section>
  );
}
