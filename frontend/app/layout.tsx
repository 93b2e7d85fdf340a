import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { LateStyles } from "@/components/late/late-styles";
import { themeOf } from "@/components/theme";
import { Nonce } from "@/components/ui/nonce";
import { NONCE_HEADER } from "@/server/security-headers";
import { fontClass } from "@/styles/fonts";
import { text } from "@/text";
import "@/styles/globals.css";

export const metadata: Metadata = {
  title: { default: text.product, template: `%s · ${text.product}` },
  description: text.description,
  robots: { index: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  viewportFit: "cover",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f9fafc" },
    { media: "(prefers-color-scheme: dark)", color: "#0f1117" },
  ],
};

/** The theme is a cookie, so the first paint already has it: no flash, and no inline script for the CSP to allow. */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const theme = themeOf(jar.get("theme")?.value);
  return (
    <html lang={text.language} data-theme={theme} className={fontClass}>
      <body>
        <Nonce value={head.get(NONCE_HEADER) ?? undefined}>
          <div className="root">{children}</div>
          <LateStyles />
        </Nonce>
      </body>
    </html>
  );
}
