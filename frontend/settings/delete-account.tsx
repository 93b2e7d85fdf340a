"use client";
import { useState } from "react";
import { api } from "@/api/client";
import { wordsFor } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Input, Labelled } from "@/components/ui/input";
import { text } from "@/text";

const words = text.settings;

/** Twice meant: a word to type, and the password. */
export default function DeleteAccount({ onClose }: { readonly onClose: () => void }) {
  const [word, setWord] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string>();
  const [running, setRunning] = useState(false);
  const remove = async (): Promise<void> => {
    setRunning(true);
    try {
      await api.gateway.api.account.$delete({ json: { password } } as never);
      window.location.assign("/sign-up");
    } catch (error) {
      setProblem(wordsFor(error));
      setRunning(false);
    }
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={words.removeTitle} description={words.removeDetail}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void remove();
        }}
      >
        <Labelled label={words.removeType(words.removeWord)}>
          <Input value={word} autoComplete="off" onChange={({ target }) => setWord(target.value)} />
        </Labelled>
        <Labelled label={words.password} error={problem}>
          <Input
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        </Labelled>
        <DialogActions>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button look="danger" type="submit" disabled={running || word !== words.removeWord || password === ""}>
            {words.remove}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
