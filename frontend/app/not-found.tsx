import { buttonClass } from "@/components/ui/button-class";
import { text } from "@/text";

/** Its parts come with every first screen, so it has none: no icon, no link that fetches ahead. */
export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4 px-6 text-center">
      <h1 className="text-lg font-semibold">{text.notFound.title}</h1>
      <p className="max-w-sm text-sm text-balance text-ink-soft">{text.notFound.detail}</p>
      <a href="/" className={buttonClass("primary")}>
        {text.notFound.home}
      </a>
    </main>
  );
}
