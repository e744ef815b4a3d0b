export interface SessionCertificate {
  /** The name that proofs know it by: see `certificateKeyOf`. */
  readonly key: string;
  readonly der: Uint8Array;
}

/** How much ended. */
export interface Ended {
  readonly sessions: number;
  readonly grants: number;
}

/** An application that had signed a user in with a session that ended (OpenID Connect Back-Channel Logout). */
export interface LogoutNotice {
  readonly id: string;
  readonly appId: string;
  readonly userId: string;
  readonly sid: string | undefined;
}
