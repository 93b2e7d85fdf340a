"use client";
import { useEffect } from "react";
import { untilDone } from "./until-done.ts";

/** Asks again for style sheets that did not come, without which a page has all its parts and none of its shape. */
export function LateStyles(): null {
  useEffect(() => {
    let stop: (() => void) | undefined;
    const begin = (): void => {
      stop = untilDone(() => Promise.all(missingSheets().map(askAgain)));
    };
    // Until then one may be on its way.
    if (document.readyState === "complete") begin();
    else window.addEventListener("load", begin, { once: true });
    return () => {
      window.removeEventListener("load", begin);
      stop?.();
    };
  }, []);
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
