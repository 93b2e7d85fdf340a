/** Every English text of the front end, by the part of the screen on which it stands. */

const count = (n: number, one: string, many: string): string => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export const en = {
  language: "en",
  product: "Todo Assistant",
  description: "Say what has to be done, and it is remembered.",

  navigation: {
    label: "Main",
    skip: "Skip to content",
    chat: "Chat",
    tasks: "Tasks",
    activity: "Activity",
    insights: "Insights",
    settings: "Settings",
    notifications: "Notifications",
    account: "Account",
    commands: "Commands",
    signOut: "Sign out",
    signedInAs: (email: string) => `Signed in as ${email}`,
    theme: "Theme",
    themes: { system: "As the system", light: "Light", dark: "Dark" },
  },

  common: {
    cancel: "Cancel",
    save: "Save",
    close: "Close",
    undo: "Undo",
    retry: "Try again",
    dismiss: "Dismiss",
    loading: "Loading",
    more: "More",
    clear: "Clear",
    unknownError: "Something went wrong.",
  },

  connection: {
    offline: "You are offline. Changes wait here until you are back.",
    waiting: (n: number) => `You are offline. ${count(n, "change waits", "changes wait")} until you are back.`,
    reconnecting: "Live updates are interrupted. Connecting again…",
    back: "Back online",
  },

  entry: {
    signIn: "Sign in",
    signUp: "Create account",
    signingIn: "Signing in…",
    signingUp: "Creating your account…",
    welcomeBack: "Welcome back",
    welcome: "Create your account",
    lead: "Tell it what has to be done, in your own words. It keeps the list, reminds you, and asks before it deletes.",
    email: "Email",
    password: "Password",
    name: "Name",
    passwordHint: (characters: number) => `At least ${characters} characters`,
    newHere: "New here?",
    haveAccount: "Already have an account?",
    or: "or",
    continueWith: (provider: string) => `Continue with ${provider}`,
    alreadySignedIn: (name: string) => `You are signed in as ${name}.`,
    goOn: "Open your tasks",
    missing: {
      email: "Enter your email address.",
      emailShape: "This does not look like an email address.",
      password: "Enter your password.",
      passwordShort: (characters: number) => `Use at least ${characters} characters.`,
      name: "Enter your name.",
    },
    wrong: "Email or password is wrong.",
    taken: "There is an account with this email address. Sign in instead.",
    tooMany: (seconds: number | undefined) =>
      seconds
        ? `Too many attempts. Try again in ${count(seconds, "second", "seconds")}.`
        : "Too many attempts. Wait a minute.",
    unreachable: "The service cannot be reached. Check your connection and try again.",
    failed: "That did not work. Try again in a moment.",
  },

  unavailable: {
    title: "Not available just now",
    detail: "The service does not answer. Nothing of yours is lost. This page tries again by itself.",
  },
  notFound: {
    title: "There is no such page",
    detail: "The address is wrong, or the page has moved.",
    home: "To the start",
  },
  broken: {
    title: "This page broke",
    detail: "It is our mistake. Your data is safe.",
    reference: (id: string) => `Reference ${id}`,
  },
  notifications: {
    reminder: (title: string) => `Reminder: ${title}`,
  },
  keyboard: {
    title: "Keyboard shortcuts",
    afterwards: "then",
    groups: { go: "Go to", tasks: "Tasks", task: "The task in focus", app: "Everywhere" },
    show: "Show keyboard shortcuts",
    palette: "Search commands",
    placeholder: "Type a command…",
    none: "No such command",
  },
  sessionOver: "You were signed out. Sign in again to go on.",

  problem: {
    network: "The service cannot be reached.",
    tooMany: (seconds: number | undefined) =>
      seconds
        ? `Too many requests. Try again in ${count(seconds, "second", "seconds")}.`
        : "Too many requests. Wait a moment.",
    notAuthenticated: "You are signed out.",
    gone: "It is no longer there.",
    conflict: "It was changed in the meantime.",
    unavailable: "The service is not available just now.",
  },
} as const;

export type Text = typeof en;
