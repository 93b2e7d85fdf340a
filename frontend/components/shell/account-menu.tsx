"use client";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { useMe } from "@/api/me";
import { wordsFor } from "@/api/problem";
import { signOut } from "@/components/entry/sign-in";
import { chooseTheme, currentTheme, type Theme } from "@/components/theme";
import { buttonClass } from "@/components/ui/button-class";
import { cx } from "@/components/ui/cx";
import { Menu, MenuChoice, MenuItem, MenuNote, MenuSeparator } from "@/components/ui/menu";
import { showToast } from "@/components/ui/toasts";
import { text } from "@/text";

const words = text.navigation;

/** Who is signed in, the theme, and the way out. */
export function AccountMenu({ compact = false }: { readonly compact?: boolean }) {
  const me = useMe();
  const [theme, setTheme] = useState<Theme>("system");
  const leave = (): void => {
    signOut().catch((error: unknown) => showToast({ kind: "error", title: wordsFor(error) }));
  };
  return (
    <Menu
      side={compact ? "bottom" : "top"}
      align={compact ? "end" : "start"}
      trigger={
        <button
          type="button"
          aria-label={words.account}
          onClick={() => setTheme(currentTheme())}
          className={cx(buttonClass("quiet"), compact ? "size-9 px-0" : "w-full justify-start px-2")}
        >
          <span
            aria-hidden
            className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
          >
            {(me.name.trim()[0] ?? "?").toUpperCase()}
          </span>
          {!compact && <span className="truncate">{me.name}</span>}
        </button>
      }
    >
      <MenuNote>{words.signedInAs(me.email)}</MenuNote>
      <MenuSeparator />
      <MenuChoice
        label={words.theme}
        value={theme}
        options={[
          ["system", words.themes.system],
          ["light", words.themes.light],
          ["dark", words.themes.dark],
        ]}
        onChange={(next) => {
          setTheme(next);
          chooseTheme(next);
        }}
      />
      <MenuSeparator />
      <MenuItem onSelect={leave}>
        <LogOut aria-hidden />
        {words.signOut}
      </MenuItem>
    </Menu>
  );
}
