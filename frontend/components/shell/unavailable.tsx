"use client";
import { CloudOff } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";
import { State } from "@/components/ui/states";
import { text } from "@/text";

const AGAIN_EVERY_MS = 5_000;

/** Nobody can say who is signed in: asks again by itself, and shows the page as soon as somebody answers. */
export function Unavailable() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), AGAIN_EVERY_MS);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <main className="grid min-h-dvh place-items-center">
      <State icon={CloudOff} title={text.unavailable.title} detail={text.unavailable.detail}>
        <Button onClick={() => router.refresh()}>{text.common.retry}</Button>
      </State>
    </main>
  );
}
