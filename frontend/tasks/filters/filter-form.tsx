"use client";
import { useState } from "react";
import { PRIORITIES } from "#contracts/task-choices";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Input, Labelled } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { text } from "@/text";
import { everyOpenTask, isFiltered, type TaskQuery } from "../data/query.ts";
import { type DueChoice, dueChoiceOf, dueChoices, dueFilter, withDue } from "./due-choice.ts";
import type { FilterProps } from "./filter-button.tsx";

const words = text.tasks.filters;
const sorts = Object.entries(words.sorts) as [TaskQuery["sort"], string][];

/** Takes effect with every choice: the list behind it shows what it means. */
export function FilterForm({ query, today, onChange }: FilterProps) {
  const choice = dueChoiceOf(query, today);
  const [tags, setTags] = useState((query.tag ?? []).join(" "));
  const chosen = query.priority ?? [];

  const setPriority = (priority: (typeof PRIORITIES)[number], on: boolean): void => {
    onChange(({ priority: before = [], ...rest }) => {
      const next = PRIORITIES.filter((one) => (one === priority ? on : before.includes(one)));
      return next.length > 0 ? { ...rest, priority: next } : rest;
    });
  };
  const applyTags = (): void => {
    const next = tags.split(/[\s,]+/).flatMap((tag) => tag.replace(/^[@#]/, "") || []);
    onChange(({ tag: _, ...rest }) => (next.length > 0 ? { ...rest, tag: next } : rest));
  };

  return (
    <div className="flex flex-col gap-4">
      <Labelled label={words.sort}>
        <Select
          aria-label={words.sort}
          value={query.sort}
          onChange={({ target: { value } }) => onChange((now) => ({ ...now, sort: value as TaskQuery["sort"] }))}
        >
          {sorts.map(([sort, name]) => (
            <option key={sort} value={sort}>
              {name}
            </option>
          ))}
        </Select>
      </Labelled>
      <Labelled label={words.due}>
        <Select
          aria-label={words.due}
          value={choice}
          onChange={({ target: { value } }) => onChange((now) => withDue(now, dueFilter(value as DueChoice, today)))}
        >
          {dueChoices.map((one) => (
            <option key={one} value={one}>
              {words.dues[one]}
            </option>
          ))}
        </Select>
      </Labelled>
      {choice === "range" && (
        <div className="grid grid-cols-2 gap-3">
          {(["dueFrom", "dueTo"] as const).map((end) => (
            <Labelled key={end} label={end === "dueFrom" ? words.from : words.to}>
              <Input
                type="date"
                value={query[end] ?? ""}
                onChange={({ target: { value } }) =>
                  onChange(({ [end]: _, ...rest }) => (value === "" ? rest : { ...rest, [end]: value }))
                }
              />
            </Labelled>
          ))}
        </div>
      )}
      <fieldset className="flex flex-col gap-2">
        <legend className="pb-1.5 text-sm font-medium">{words.priority}</legend>
        {PRIORITIES.map((priority) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is the control
          <label key={priority} className="flex items-center gap-2.5 text-sm">
            <Checkbox
              label={text.tasks.priority[priority]}
              checked={chosen.includes(priority)}
              onChange={(on) => setPriority(priority, on)}
            />
            {text.tasks.priority[priority]}
          </label>
        ))}
      </fieldset>
      <Labelled label={words.tags} hint={words.tagsHint}>
        <Input
          value={tags}
          onChange={(event) => setTags(event.target.value)}
          onBlur={applyTags}
          onKeyDown={(event) => event.key === "Enter" && applyTags()}
        />
      </Labelled>
      {isFiltered(query) && (
        <Button
          onClick={() => {
            setTags("");
            onChange(({ status }) => ({ status, sort: everyOpenTask.sort }));
          }}
        >
          {words.reset}
        </Button>
      )}
    </div>
  );
}
