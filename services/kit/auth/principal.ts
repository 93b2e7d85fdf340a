/** Who is asking, once it is proven. */

export interface UserPrincipal {
  readonly kind: "user";
  readonly userId: string;
  /** IANA zone of the user's profile. */
  readonly timeZone: string;
  /** The agent acts for the user: set on tokens that the gateway mints for chat to call tasks. */
  readonly act?: "chat";
  /** Id of the approval that the token was minted for; what it allows, it allows once. */
  readonly approval?: string;
  /** The token as it came, to be passed on where its audience is the next service. */
  readonly token: string;
}

/** Another service, known by the app id that its own sidecar proved to ours. */
export interface ServicePrincipal {
  readonly kind: "service";
  readonly service: string;
}

export type Principal = UserPrincipal | ServicePrincipal;
