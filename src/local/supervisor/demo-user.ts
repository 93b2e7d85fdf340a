import type { Demo } from "./settings.ts";

export interface DemoUser {
  readonly email: string;
  readonly password: string;
}

/** A user to begin with. @returns undefined where nobody can sign up */
export async function signUpDemoUser(origin: string, { password, isNew }: Demo): Promise<DemoUser | undefined> {
  const user = { email: "demo@example.com", password };
  const send = async (path: string, body: object): Promise<boolean> => {
    const response = await fetch(`${origin}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    });
    await response.body?.cancel();
    return response.ok;
  };
  try {
    const isKnown = !isNew && (await send("/api/auth/sign-in/email", user));
    return isKnown || (await send("/api/auth/sign-up/email", { ...user, name: "Demo" })) ? user : undefined;
  } catch {
    return undefined;
  }
}
