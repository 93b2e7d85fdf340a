"use client";
import dynamic from "next/dynamic";

/** Loaded when a page breaks, which most never see. */
export default dynamic(() => import("@/components/shell/broken-page").then((m) => m.BrokenPage), { ssr: false });
