import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const italian: Partial<Texts> = {
  next: 'Avanti',
  back: 'Indietro',
  cancel: 'Annulla',
  continue: 'Continua',
  yes: 'Sì',
  no: 'No',
  tryAgain: 'Riprova',
  toContinueTo: (application) => `per continuare su ${application}`,
  signIn: 'Accedi',
  userName: 'Nome utente',
  enterPassword: 'Immetti la password',
  password: 'Password',
  useCertificate: 'Usa un certificato o una smart card',
  otherWays: 'Altri modi per accedere',
  usePassword: 'Usa la password',
  couldNotSignIn: 'Accesso non riuscito',
  useAnotherCertificate: 'Usa un altro certificato',
  moreDetails: 'Altri dettagli',
  pickAccount: 'Scegli un account',
  useAnotherAccount: 'Usa un altro account',
  staySignedIn: 'Rimanere connessi?',
  signedOut: 'Disconnessione effettuata',
  signInAgain: 'Accedi di nuovo',
  signOut: 'Disconnetti',
};
