import { type CustodySecret, custodyVariables, secretFrom } from './custody.ts';

const name = 'CARDEA_SECRET_KEY';

/** The variables that name the secret key. */
export const secretKeyVariables: readonly string[] = custodyVariables(name);

/**
 * The secret key from the environment, a file or the output of a command; undefined where it is `secret.key` in the data folder.
 * @throws settingInvalid where two variables are set, the file cannot be read or the command fails
 */
export const secretKeyFrom = (environment: NodeJS.ProcessEnv): CustodySecret | undefined =>
  secretFrom(name, environment);
