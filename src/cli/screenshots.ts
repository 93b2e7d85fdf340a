/** `npm run screenshots`: pictures of the main screens, as a person with a week of tasks sees them, for README and docs. */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { UserError } from "#model/user-error";
import { type Furnished, furnish } from "#test/e2e/browser/furnish";
import { row, type Size, Stage, sizes, type Theme } from "#test/e2e/browser/support";
import { runCommand } from "./command.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Starts the product in a folder of its own, opens its main screens in Chromium and writes docs/images/SCREEN-SIZE-THEME.png.

  npm run screenshots [-- --out FOLDER]

CHROME_PATH      another browser than Debian's chromium

Exit codes: 0 done, 1 failed, 2 wrong arguments.
`;

/** What a page that shows many of them can load in a moment. */
const MOST_BYTES = 150_000;

interface Picture {
  readonly name: string;
  readonly path: (furnished: Furnished) => string;
  /** Until what the picture is about is to be seen. */
  readonly show: (page: Page) => Promise<unknown>;
}

const pictures: readonly Picture[] = [
  {
    name: "chat",
    path: ({ conversationId }) => `/chat/${conversationId}`,
    show: async (page) => {
      await page.getByRole("button", { name: "Approve" }).waitFor();
      if ((page.viewportSize()?.width ?? 0) >= sizes.desktop.viewport.width) await row(page, "pay the rent").waitFor();
    },
  },
  { name: "tasks", path: () => "/tasks", show: (page) => row(page, "pay the rent").waitFor({ state: "attached" }) },
  {
    name: "quick-add",
    path: () => "/tasks",
    show: async (page) => {
      await page.getByLabel("Add a task").fill("change the tyres next saturday at 9 p2 #car");
      await page.getByRole("list", { name: "Understood" }).getByRole("button").nth(3).waitFor();
    },
  },
  { name: "activity", path: () => "/activity", show: (page) => page.getByText("call grandma").first().waitFor() },
  {
    name: "insights",
    path: () => "/insights",
    show: (page) => page.getByRole("img", { name: "Tasks added and completed a day" }).waitFor(),
  },
  {
    name: "settings",
    path: () => "/settings",
    show: (page) => page.getByRole("heading", { name: "Settings" }).waitFor(),
  },
];

await runCommand({ help, options: { out: { type: "string" } } }, async ({ values: { out } }) => {
  const folder = out ?? join(projectFolder(), "docs/images");
  mkdirSync(folder, { recursive: true });
  const stage = await Stage.set();
  try {
    await takeAll(stage, folder);
  } finally {
    await stage.strike();
  }
  return undefined;
});

async function takeAll(stage: Stage, folder: string): Promise<void> {
  const person = await stage.newPerson();
  const furnished = await furnish(person);
  for (const size of Object.keys(sizes) as Size[]) {
    for (const theme of ["light", "dark"] as const satisfies readonly Theme[]) {
      for (const { name, path, show } of pictures) {
        const { page, live } = await stage.open({ person, size, theme, path: path(furnished) });
        await live();
        await show(page);
        await page.evaluate("document.fonts.ready.then(() => undefined)");
        const file = join(folder, `${name}-${size}-${theme}.png`);
        await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
        await stage.clear();
        const bytes = statSync(file).size;
        console.log(`${file}  ${Math.round(bytes / 1000)} kB`);
        if (bytes > MOST_BYTES) {
          throw new UserError(`${file} has ${bytes} bytes`, `Show less in it: at most ${MOST_BYTES} are wanted`);
        }
      }
    }
  }
}
