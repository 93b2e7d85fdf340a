"use client";
import { useEffect } from "react";
import { startWhen, whenLoaded } from "@/components/when-idle";
import { untilDone } from "./until-done.ts";

/** Asks again for style sheets that did not come, without which a page has all its parts and none of its shape. */
export function LateStyles(): null {
  // Until the page is loaded one may be on its way.
  useEffect(() => startWhen(whenLoaded, () => untilDone(() => Promise.all(missingSheets().map(askAgain)))), []);
  return null;
}

const missingSheets = (): HTMLLinkElement[] =>
  [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")].filter(({ sheet }) => sheet === null);

/** In its own place, as what comes later wins; the first stays, because it is React's. */
function askAgain(link: HTMLLinkElement): Promise<void> {
  const again = link.cloneNode() as HTMLLinkElement;
  return new Promise((resolve, reject) => {
    again.onload = () => resolve();
    again.onerror = () => {
      again.remove();
      reject(new Error(`no style sheet at ${link.href}`));
    };
    link.after(again);
  });
}
