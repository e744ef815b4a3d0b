import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const dutch: Partial<Texts> = {
  next: 'Volgende',
  back: 'Terug',
  cancel: 'Annuleren',
  continue: 'Doorgaan',
  yes: 'Ja',
  no: 'Nee',
  tryAgain: 'Opnieuw proberen',
  toContinueTo: (application) => `om door te gaan naar ${application}`,
  signIn: 'Aanmelden',
  userName: 'Gebruikersnaam',
  enterPassword: 'Wachtwoord invoeren',
  password: 'Wachtwoord',
  useCertificate: 'Een certificaat of smartcard gebruiken',
  otherWays: 'Andere manieren om aan te melden',
  usePassword: 'Uw wachtwoord gebruiken',
  couldNotSignIn: 'Het aanmelden is niet gelukt',
  useAnotherCertificate: 'Een ander certificaat gebruiken',
  moreDetails: 'Meer details',
  pickAccount: 'Een account kiezen',
  useAnotherAccount: 'Een ander account gebruiken',
  staySignedIn: 'Aangemeld blijven?',
  signedOut: 'U bent afgemeld',
  signInAgain: 'Opnieuw aanmelden',
  signOut: 'Afmelden',
};
