/** Light, dark, or what the system says. Kept in a cookie that the server reads before the first paint. */
export const themes = ["system", "light", "dark"] as const;

export type Theme = (typeof themes)[number];

export const themeOf = (value: string | undefined): Theme => themes.find((theme) => theme === value) ?? "system";

export const currentTheme = (): Theme => themeOf(document.documentElement.dataset.theme);

/** Takes effect at once, and for every page from now on. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
}
