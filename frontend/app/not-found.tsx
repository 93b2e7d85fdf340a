import { Compass } from "lucide-react";
import Link from "next/link";
import { buttonClass } from "@/components/ui/button-class";
import { State } from "@/components/ui/states";
import { text } from "@/text";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <State icon={Compass} title={text.notFound.title} detail={text.notFound.detail}>
        <Link href="/" className={buttonClass("primary")}>
          {text.notFound.home}
        </Link>
      </State>
    </main>
  );
}
