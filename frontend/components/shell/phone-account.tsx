"use client";
import { AccountMenu } from "./account-menu.tsx";

/** On a phone there is no sidebar to hold it. */
export const PhoneAccount = () => (
  <div className="md:hidden">
    <AccountMenu compact />
  </div>
);
