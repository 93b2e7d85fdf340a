import type { ComponentProps } from "react";
import { type ButtonLook, type ButtonSize, buttonClass } from "./button-class.ts";
import { cx } from "./cx.ts";

export { type ButtonLook, buttonClass } from "./button-class.ts";

export interface ButtonProps extends ComponentProps<"button"> {
  /** @default plain */
  readonly look?: ButtonLook;
  /** @default medium */
  readonly size?: ButtonSize;
}

/** The browser's own button: it is on every first screen, where a library's would cost more than it gives. */
export function Button({ look, size, className, ...rest }: ButtonProps) {
  return <button type="button" className={cx(buttonClass(look, size), className)} {...rest} />;
}

export interface IconButtonProps extends Omit<ButtonProps, "size"> {
  /** What it does, for those who do not see the icon. */
  readonly label: string;
}

/** A square button with an icon alone, 36 px, which is enough for a finger. */
export function IconButton({ label, look = "quiet", className, ...rest }: IconButtonProps) {
  return <Button look={look} size="icon" aria-label={label} className={className} {...rest} />;
}
