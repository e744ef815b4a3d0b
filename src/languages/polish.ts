import type { Texts } from './language.ts';

/** What is not here yet is said in English. */
export const polish: Partial<Texts> = {
  next: 'Dalej',
  back: 'Wstecz',
  cancel: 'Anuluj',
  continue: 'Kontynuuj',
  yes: 'Tak',
  no: 'Nie',
  tryAgain: 'Spróbuj ponownie',
  toContinueTo: (application) => `aby przejść do ${application}`,
  signIn: 'Zaloguj się',
  userName: 'Nazwa użytkownika',
  enterPassword: 'Wprowadź hasło',
  password: 'Hasło',
  useCertificate: 'Użyj certyfikatu lub karty inteligentnej',
  otherWays: 'Inne sposoby logowania',
  usePassword: 'Użyj hasła',
  couldNotSignIn: 'Nie udało się zalogować',
  useAnotherCertificate: 'Użyj innego certyfikatu',
  moreDetails: 'Więcej szczegółów',
  pickAccount: 'Wybierz konto',
  useAnotherAccount: 'Użyj innego konta',
  staySignedIn: 'Nie wylogowywać?',
  signedOut: 'Wylogowano',
  signInAgain: 'Zaloguj się ponownie',
  signOut: 'Wyloguj się',
};
