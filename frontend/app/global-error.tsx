"use client";
import { BrokenPage, type BrokenPageProps } from "@/components/shell/broken-page";
import { broken } from "@/text/broken.en";
import "@/styles/globals.css";

/** In place of everything, where the frame itself broke. */
export default function GlobalError(props: BrokenPageProps) {
  return (
    <html lang="en">
      <body>
        <title>{broken.title}</title>
        <BrokenPage {...props} />
      </body>
    </html>
  );
}
