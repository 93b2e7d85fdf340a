"use client";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { onFirstToast } from "./toast.ts";

const ToastView = dynamic(() => import("./toast-view.tsx").then((m) => m.ToastView), { ssr: false });

/** Nothing until there is something to say. */
export function Toasts() {
  const [wanted, setWanted] = useState(false);
  useEffect(() => onFirstToast(() => setWanted(true)), []);
  return wanted && <ToastView />;
}
