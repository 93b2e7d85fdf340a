"use client";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { useMe } from "@/api/me";
import { wordsFor } from "@/api/problem";
import { signOut } from "@/components/entry/sign-in";
import { chooseTheme, currentTheme } from "@/components/theme";
import { MenuAt, MenuChoice, MenuItem, MenuNote, MenuSeparator } from "@/components/ui/menu";
import { showToast } from "@/components/ui/toast";
import { text } from "@/text";

const words = text.navigation;

export interface AccountMenuProps {
  readonly anchor: HTMLElement;
  readonly side: "top" | "bottom";
  readonly onClose: () => void;
}

/** Who is signed in, the theme, and the way out. */
export function AccountMenu({ anchor, side, onClose }: AccountMenuProps) {
  const me = useMe();
  const [theme, setTheme] = useState(currentTheme);
  const leave = (): void => {
    signOut().catch((error: unknown) => showToast({ kind: "error", title: wordsFor(error) }));
  };
  return (
    <MenuAt anchor={anchor} side={side} align={side === "top" ? "start" : "end"} onClose={onClose}>
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
    </MenuAt>
  );
}
