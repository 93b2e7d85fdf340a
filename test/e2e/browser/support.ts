/** Real Chromium in front of the whole product, for people who sit at a desk or hold a phone. */
import { type Browser, type BrowserContextOptions, chromium, type Page, type WebSocket } from "playwright-core";
import type { TaskPage } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { enginePath } from "#test/engines/paths";
import { eventually } from "#test/kit/support/harness";
import { type Person, signUp } from "#test/system/person";
import { type Product, type ProductOptions, startProduct } from "#test/system/support";
import { startRealProduct } from "../dapr/product.ts";

/** How long a person would wait before calling it broken; the machine may be doing something else. */
export const PATIENCE_MS = 20_000;

export type Theme = "light" | "dark";

/** The sizes that the pages are tried in; a phone is as narrow as they come. */
export const sizes = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true },
} as const satisfies Record<string, BrowserContextOptions>;

export type Size = keyof typeof sizes;

/** `CHROME_PATH`, else Debian's chromium. A container's root has no user namespaces for Chromium's sandbox. */
export const launchChromium = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROME_PATH || enginePath("chromium"),
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...more],
  });

export interface ScreenOptions {
  /** Whose cookies the browser has; nobody's where it is left out. */
  readonly person?: Person;
  /** @default desktop */
  readonly size?: Size;
  /** What the system prefers. @default light */
  readonly theme?: Theme;
  /** Where it opens; `null` opens nothing yet. @default /tasks */
  readonly path?: string | null;
}

export interface Screen {
  readonly page: Page;
  /** Errors of scripts, of React, and of the content security policy. Refused requests are the person's to see, not here. */
  readonly complaints: readonly string[];
  /** Waits until what others do is told to this page. */
  live(): Promise<void>;
  close(): Promise<void>;
}

/** Everything a suite of the browser has: the product, Chromium, and people in it. */
export class Stage {
  readonly product: Product;
  readonly #browser: Browser;
  readonly #opened: Screen[] = [];

  private constructor(product: Product, browser: Browser) {
    this.product = product;
    this.#browser = browser;
  }

  static async set(options: ProductOptions = {}): Promise<Stage> {
    const start = process.env.TEST_SIDECARS === "dapr" ? startRealProduct : startProduct;
    const product = await start({ ...options, frontend: true });
    try {
      return new Stage(product, await launchChromium());
    } catch (error) {
      await product.stop();
      throw error;
    }
  }

  /** Somebody new, signed up without a browser. */
  newPerson(more: Readonly<Record<string, unknown>> = {}): Promise<Person> {
    return signUp(this.product.origin, more);
  }

  /** A browser of its own: other cookies, other cache, other connection. */
  async open({ person, size = "desktop", theme = "light", path = "/tasks" }: ScreenOptions = {}): Promise<Screen> {
    const screen = await openScreen(this.#browser, this.product.origin, {
      size,
      theme,
      path,
      ...(person ? { person } : {}),
    });
    this.#opened.push(screen);
    return screen;
  }

  /** Closes the screens of a test, and tells what they complained of. */
  async clear(): Promise<string[]> {
    const screens = this.#opened.splice(0);
    await Promise.all(screens.map((screen) => screen.close()));
    return screens.flatMap(({ complaints }) => complaints);
  }

  async strike(): Promise<void> {
    await this.#browser.close();
    await this.product.stop();
  }
}

async function openScreen(
  browser: Browser,
  origin: string,
  { person, size, theme, path }: ScreenOptions & { readonly size: Size },
): Promise<Screen> {
  const context = await browser.newContext({
    ...sizes[size],
    baseURL: origin,
    colorScheme: theme ?? "light",
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  if (person) await context.addCookies(cookiesOf(person, origin));
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // Chromium's own line about a request that failed: the page says it to the person.
    const isRequest = /^(Failed to load resource|WebSocket connection to)/.test(message.text());
    if (message.type() === "error" && !isRequest) complaints.push(message.text());
  });
  const liveSockets = new Set<WebSocket>();
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => void (String(payload).includes('"ready"') && liveSockets.add(socket)));
    socket.on("close", () => void liveSockets.delete(socket));
  });
  if (path) await page.goto(path);
  return {
    page,
    complaints,
    live: () =>
      eventually(() => {
        if (liveSockets.size === 0) throw new Error("the page has no live updates");
      }, PATIENCE_MS),
    close: () => context.close(),
  };
}

const cookiesOf = ({ cookie }: Person, origin: string) =>
  cookie.split("; ").map((pair) => {
    const at = pair.indexOf("=");
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: origin };
  });

/** Adds a task past the screen, as another program of the same person would. */
export async function addTask(person: Person, fields: Readonly<Record<string, unknown>>): Promise<Task> {
  const { status, text, body } = await person.post<Task>("/api/v1/tasks", { timeZone: "Europe/Berlin", ...fields });
  if (status !== 201) throw new Error(`a task was answered with ${status}: ${text}`);
  return body;
}

/** What is kept of somebody's tasks. @param query of the list, from its `?` on */
export const tasksOf = async (person: Person, query = ""): Promise<readonly Task[]> =>
  (await person.get<TaskPage>(`/api/v1/tasks${query}`)).body.items;

/** The row of a task, by its whole title. */
export const row = (page: Page, title: string) => page.getByRole("group", { name: title, exact: true });
