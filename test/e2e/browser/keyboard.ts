/** What somebody does who has keys alone. */
import type { Locator, Page } from "playwright-core";

/** More than there is to reach on any page. */
const MOST_TABS = 80;

/**
 * Goes on by Tab until it is there.
 * @throws Error when Tab never leads to it, with what it led to
 */
export async function tabTo(page: Page, wanted: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await wanted.first().waitFor({ state: "attached" });
  const passed: string[] = [];
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press(key);
    if (await wanted.first().evaluate((element) => element === document.activeElement)) return;
    passed.push(await focusedName(page));
  }
  throw new Error(`${key} does not lead to ${wanted}, but to ${[...new Set(passed)].join(", ")}`);
}

/** How a screen reader calls what has the focus, as far as tests ask: its label, or what it says. */
export const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return "nothing";
    const labels = "labels" in focused ? (focused.labels as NodeListOf<HTMLLabelElement> | null) : null;
    return focused.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? focused.textContent ?? "";
  });
