"use client";
/** Inside the frame, so that navigation stays where it is. */
export { default } from "../error.tsx";
