"use client";
/** Inside the frame, so that navigation stays where it is. */
export { BrokenPage as default } from "@/components/shell/broken-page";
