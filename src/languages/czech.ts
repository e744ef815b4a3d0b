import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const czech: Partial<Texts> = {
  next: 'Další',
  back: 'Zpět',
  cancel: 'Zrušit',
  continue: 'Pokračovat',
  yes: 'Ano',
  no: 'Ne',
  tryAgain: 'Zkusit znovu',
  toContinueTo: (application) => `pro pokračování do ${application}`,
  signIn: 'Přihlásit se',
  userName: 'Uživatelské jméno',
  enterPassword: 'Zadejte heslo',
  password: 'Heslo',
  useCertificate: 'Použít certifikát nebo čipovou kartu',
  otherWays: 'Další způsoby přihlášení',
  usePassword: 'Použít heslo',
  couldNotSignIn: 'Přihlášení se nezdařilo',
  useAnotherCertificate: 'Použít jiný certifikát',
  moreDetails: 'Další podrobnosti',
  pickAccount: 'Vyberte účet',
  useAnotherAccount: 'Použít jiný účet',
  staySignedIn: 'Zůstat přihlášeni?',
  signedOut: 'Jste odhlášeni',
  signInAgain: 'Přihlásit se znovu',
  signOut: 'Odhlásit se',
};
