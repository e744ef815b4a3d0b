/** The secret key of an installation, and the PKCS #11 token with its signing keys. */
export const keyReasons = {
  secretKeyMissing: {
    entra: 90033,
    references: 'docs/settings.md',
    message: ({ file }: { file: string }) =>
      `The secret key ${file} is missing, but the database contains keys that are sealed with it.`,
    remedy:
      'Restore the file from a backup, or set CARDEA_SECRET_KEY to its content. On a further node of an installation, set CARDEA_SECRET_KEY to the secret key of the other nodes. Only if the key is lost on all nodes, "cardea keys reset --confirm" makes the installation usable again.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  secretKeyWrong: {
    entra: 90033,
    references: 'docs/settings.md',
    message: ({ source }: { source: string }) =>
      `The secret key from ${source} does not open the keys in the database.`,
    remedy:
      'Restore the secret.key of this installation, or set CARDEA_SECRET_KEY to its content. All nodes of an installation have the same secret key. Only if it is lost on all nodes, "cardea keys reset --confirm" makes the installation usable again.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  signingTokenUnavailable: {
    entra: 90033,
    references: 'docs/settings.md',
    message: ({ token, problem }: { token: string; problem: string }) =>
      `The PKCS #11 token ${token}, which has signing keys, cannot be used: ${problem}.`,
    remedy:
      'Check that the token is connected, and check signingTokenModule, signingTokenLabel and the PIN in CARDEA_SIGNING_TOKEN_PIN. A PIN that the token refused is not tried again, even after a restart, because several attempts lock the token. If the refused PIN is right now, remove the file signing-token-pin from the data folder, and restart the server.',
    userMessage: 'Something went wrong on our side. Try again; if it happens again, contact your administrator.',
  },
  secretKeyMalformed: {
    references: 'docs/settings.md',
    message: ({ source }: { source: string }) => `The secret key in ${source} is not 32 bytes in base64url.`,
    remedy:
      'Restore the secret key of this installation. For a new installation, make one with: openssl rand -base64 32 | tr "+/" "-_" | tr -d "="',
  },
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly keys: typeof keyReasons;
  }
}
