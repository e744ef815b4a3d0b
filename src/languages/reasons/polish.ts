import type { SentenceCode } from '../alike.ts';

/** Machine-made translation: a speaker of the language has not reviewed it yet. */
export const polishReasons: Readonly<Record<SentenceCode, string>> = {
  certificateMissing: 'Nie przesłano certyfikatu. Włóż kartę inteligentną lub wybierz certyfikat i spróbuj ponownie.',
  certificateUnreadable: 'Nie można odczytać certyfikatu. Wybierz inny certyfikat.',
  forwardedCertificateForeign: 'Certyfikat nie dotarł zaufaną drogą. Skontaktuj się z administratorem.',
  issuerNotTrusted: 'Certyfikat wydał urząd, który nie jest tu zaufany. Wybierz inny certyfikat.',
  signatureWrong: 'Tego certyfikatu nie można tu użyć. Wybierz inny certyfikat lub skontaktuj się z administratorem.',
  keyRefused: 'Klucz certyfikatu jest zbyt słaby. Wybierz inny certyfikat.',
  certificateNotCurrent:
    'Certyfikat wygasł lub nie jest jeszcze ważny. Wybierz inny certyfikat lub poproś o odnowienie.',
  extendedKeyUsageForbids: 'Certyfikat nie jest przeznaczony do logowania. Wybierz inny certyfikat.',
  certificateRevoked: 'Certyfikat został unieważniony. Wybierz inny certyfikat lub poproś o nowy.',
  authorityRevoked: 'Urząd, który wydał certyfikat, został unieważniony. Skontaktuj się z administratorem.',
  certificateBlocked: 'Certyfikat został zablokowany przez administratora.',
  crlExpired: 'Lista unieważnień dla certyfikatu jest nieaktualna. Skontaktuj się z administratorem.',
  crlNotYetValid: 'Lista unieważnień dla certyfikatu nie jest jeszcze ważna. Skontaktuj się z administratorem.',
  crlDownloadFailed: 'Nie można pobrać listy unieważnień dla certyfikatu. Skontaktuj się z administratorem.',
  crlMissing: 'Nie wiadomo, czy certyfikat jest unieważniony. Skontaktuj się z administratorem.',
  crlIncomplete: 'Lista unieważnień dla certyfikatu jest niepełna. Spróbuj ponownie za kilka minut.',
  signInFault:
    'Coś poszło nie tak po naszej stronie. Spróbuj ponownie; jeśli to się powtórzy, skontaktuj się z administratorem.',
  crlTimedOut: 'Sprawdzanie certyfikatu trwało zbyt długo. Spróbuj ponownie za kilka minut.',
  crlDownloadSlow: 'Lista unieważnień dla certyfikatu jest nadal pobierana. Spróbuj ponownie za kilka minut.',
  crlDownloadInProgress: 'Lista unieważnień dla certyfikatu jest pobierana. Spróbuj ponownie za kilka minut.',
  crlTooLarge: 'Lista unieważnień dla certyfikatu jest duża. Spróbuj ponownie za kilka minut.',
  passwordWrong: 'Konto lub hasło jest nieprawidłowe.',
  bindingMismatch: 'Ten certyfikat nie należy do tego konta. Wybierz inny certyfikat lub zaloguj się na inne konto.',
  accountDisabled: 'Konto zostało zablokowane. Skontaktuj się z administratorem.',
  certificateMethodDisabled: 'Logowanie certyfikatem nie jest tu dostępne.',
  accountNotInScope:
    'Zasady organizacji dotyczące sposobów logowania zablokowały logowanie. Zaloguj się w inny sposób.',
  authorityNotForUser: 'Ten certyfikat nie jest przeznaczony dla Twojego konta. Wybierz inny certyfikat.',
  bindingsMissing: 'Nie można odczytać zasad certyfikatów organizacji. Skontaktuj się z administratorem.',
  bindingValueMissing: 'Certyfikat nie wskazuje, kim jesteś. Wybierz inny certyfikat.',
  accessBlocked: 'Nie można się tam dostać stąd: blokują to zasady organizacji.',
  secondFactorNeeded: 'Potrzeba czegoś więcej: potwierdź tożsamość dodatkowym składnikiem.',
  secondFactorUnavailable:
    'Potrzebny jest dodatkowy składnik, a żaden nie jest skonfigurowany. Skontaktuj się z administratorem.',
  certificateStrengthUnmet:
    'Certyfikat nie jest wystarczająco silny do tego logowania. Zaloguj się innym certyfikatem.',
  deviceNotCompliant: 'Nie można się tam dostać z tego urządzenia: nie spełnia ono wymagań organizacji.',
  deviceNotJoined: 'Nie można się tam dostać z tego urządzenia: nie należy ono do organizacji.',
  termsNotAccepted: 'Najpierw przeczytaj i zaakceptuj warunki użytkowania.',
  signInTooOld: 'Organizacja prosi o ponowne zalogowanie.',
  temporaryAccessPassWrong:
    'Tymczasowy kod dostępu jest nieprawidłowy lub nie można go już użyć. Skontaktuj się z administratorem.',
  oneTimeCodeWrong: 'Ten kod jest nieprawidłowy. Wpisz kod, który teraz pokazuje aplikacja uwierzytelniająca.',
  passkeyWrong: 'Nie można zweryfikować klucza dostępu. Spróbuj ponownie lub zaloguj się w inny sposób.',
  approvalRefused: 'Logowanie nie zostało zatwierdzone. Spróbuj ponownie lub zaloguj się w inny sposób.',
  factorNotAsked: 'Ten sposób logowania nie jest dostępny. Wybierz inny.',
  triesExhausted: 'Zbyt wiele prób. Odczekaj chwilę i spróbuj ponownie lub zaloguj się w inny sposób.',
  registrationRefused: 'Nie można tego zarejestrować. Spróbuj ponownie.',
  flowUnknown: 'To logowanie nie jest już ważne. Wróć do aplikacji i zacznij od nowa.',
  browserForeign:
    'To logowanie zostało zakończone lub rozpoczęto je w innym oknie przeglądarki. Wróć do aplikacji i zacznij od nowa.',
  formForeign:
    'Ten formularz został wysłany przez inną witrynę i nie został przyjęty. Wróć do aplikacji i zacznij od nowa.',
  handoffUnknown:
    'Certyfikat został przyjęty, ale odpowiedź nadeszła za późno lub została już użyta. Spróbuj ponownie.',
  tenantUnknown: 'Organizacja z tego adresu nie jest tu znana. Sprawdź adres z administratorem aplikacji.',
  usernameMalformed: 'Wpisz prawidłową nazwę użytkownika, na przykład ktos@example.com.',
  domainUnknown: 'Ta nazwa użytkownika może być nieprawidłowa. Sprawdź, czy jest dobrze wpisana.',
  userOfAnotherTenant: 'Twoje konto należy do innej organizacji niż ta, której oczekuje aplikacja.',
  realmFederated: 'Twoja organizacja loguje gdzie indziej. Otwórz aplikację ze strony logowania organizacji.',
  sessionUnproven: 'Sesja się zakończyła. Zaloguj się ponownie.',
  sessionRevoked: 'Sesję zakończył administrator. Zaloguj się ponownie.',
  applicationUnknown: 'Ta aplikacja nie jest znana w Twojej organizacji.',
  redirectUriUnknown: 'Ta aplikacja prosi o odpowiedź pod adresem, który nie jest dla niej zarejestrowany.',
  resourceUnknown: 'Ta aplikacja prosi o dostęp do czegoś, co nie jest znane w Twojej organizacji.',
  scopeUnknown: 'Ta aplikacja prosi o uprawnienie, które nie istnieje.',
  consentMissing: 'Ta aplikacja potrzebuje uprawnienia, które może nadać tylko administrator. Poproś administratora.',
  userCodeUnknown: 'Ten kod jest nieprawidłowy, wygasł lub został już użyty. Wpisz go ponownie.',
  userCodeGuessesExhausted:
    'Wpisano zbyt wiele błędnych kodów. Odczekaj kilka minut, a potem wpisz kod, który pokazuje urządzenie.',
  requestMalformed: 'Aplikacja wysłała żądanie, którego nie można zrozumieć.',
  interactionNeeded: 'Musisz zalogować się ponownie.',
  lastAdministratorShutOut:
    'Nie można tego usunąć: potem żaden administrator organizacji nie mógłby się zalogować. Najpierw dodaj inny sposób logowania.',
  signInNotTheirs: 'Tego logowania nie ma na Twojej liście. Odśwież stronę i spróbuj ponownie.',
  sessionNotTheirs: 'Ta sesja już się zakończyła.',
  currentPasswordWrong: 'Obecne hasło jest nieprawidłowe.',
  passwordUnchanged: 'Nowe hasło jest takie samo jak obecne. Wybierz inne.',
  passwordsDiffer: 'Nowe hasła nie są takie same. Wpisz je ponownie.',
  passwordTooWeak:
    'To hasło jest zbyt słabe. Użyj od 8 do 256 znaków trzech rodzajów: małe litery, wielkie litery, cyfry, znaki.',
};
