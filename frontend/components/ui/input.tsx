"use client";
import { Field } from "@base-ui/react/field";
import { Input as Base } from "@base-ui/react/input";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";
import { inputClass } from "./input-class.ts";

export interface InputProps extends Omit<ComponentProps<typeof Base>, "className"> {
  readonly className?: string;
}

export function Input({ className, ...rest }: InputProps) {
  return <Base className={cx(inputClass, "h-10", className)} {...rest} />;
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cx(inputClass, "min-h-20 py-2", className)} {...rest} />;
}

export interface LabelledProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with what was entered; shown in place of the hint. */
  readonly error?: string | undefined;
  readonly name?: string;
  readonly children: ReactNode;
}

/** Label, control and what is to be said about it, tied together for screen readers. */
export function Labelled({ label, hint, error, name, children }: LabelledProps) {
  return (
    <Field.Root invalid={error !== undefined} className="flex flex-col gap-1.5" {...(name ? { name } : {})}>
      <Field.Label className="text-sm font-medium text-ink">{label}</Field.Label>
      {children}
      {error ? (
        <Field.Error match className="text-[13px] text-danger">
          {error}
        </Field.Error>
      ) : (
        hint && <Field.Description className="text-[13px] text-ink-faint">{hint}</Field.Description>
      )}
    </Field.Root>
  );
}
