import type { SentenceCode } from '../alike.ts';

/** Machine-made translation: a speaker of the language has not reviewed it yet. */
export const dutchReasons: Readonly<Record<SentenceCode, string>> = {
  certificateMissing:
    'Er is geen certificaat verzonden. Plaats uw smartcard of kies een certificaat en probeer het opnieuw.',
  certificateUnreadable: 'Het certificaat kan niet worden gelezen. Kies een ander certificaat.',
  forwardedCertificateForeign:
    'Uw certificaat is niet via een vertrouwde weg aangekomen. Neem contact op met uw beheerder.',
  issuerNotTrusted:
    'Uw certificaat is uitgegeven door een instantie die hier niet wordt vertrouwd. Kies een ander certificaat.',
  signatureWrong:
    'Dit certificaat kan hier niet worden gebruikt. Kies een ander certificaat of neem contact op met uw beheerder.',
  keyRefused: 'De sleutel van uw certificaat is te zwak. Kies een ander certificaat.',
  certificateNotCurrent:
    'Uw certificaat is verlopen of nog niet geldig. Kies een ander certificaat of laat het vernieuwen.',
  extendedKeyUsageForbids: 'Uw certificaat is niet bedoeld om mee aan te melden. Kies een ander certificaat.',
  certificateRevoked: 'Uw certificaat is ingetrokken. Kies een ander certificaat of vraag een nieuw aan.',
  authorityRevoked:
    'De instantie die uw certificaat heeft uitgegeven, is ingetrokken. Neem contact op met uw beheerder.',
  certificateBlocked: 'Uw certificaat is door uw beheerder geblokkeerd.',
  crlExpired: 'De intrekkingslijst voor uw certificaat is verouderd. Neem contact op met uw beheerder.',
  crlNotYetValid: 'De intrekkingslijst voor uw certificaat is nog niet geldig. Neem contact op met uw beheerder.',
  crlDownloadFailed:
    'De intrekkingslijst voor uw certificaat kan niet worden gedownload. Neem contact op met uw beheerder.',
  crlMissing: 'Het is niet bekend of uw certificaat is ingetrokken. Neem contact op met uw beheerder.',
  crlIncomplete: 'De intrekkingslijst voor uw certificaat is onvolledig. Probeer het over enkele minuten opnieuw.',
  signInFault:
    'Er is bij ons iets misgegaan. Probeer het opnieuw; als het weer gebeurt, neem dan contact op met uw beheerder.',
  crlTimedOut: 'De controle van uw certificaat duurde te lang. Probeer het over enkele minuten opnieuw.',
  crlDownloadSlow:
    'De intrekkingslijst voor uw certificaat wordt nog gedownload. Probeer het over enkele minuten opnieuw.',
  crlDownloadInProgress:
    'De intrekkingslijst voor uw certificaat wordt gedownload. Probeer het over enkele minuten opnieuw.',
  crlTooLarge: 'De intrekkingslijst voor uw certificaat is groot. Probeer het over enkele minuten opnieuw.',
  passwordWrong: 'Uw account of wachtwoord is onjuist.',
  bindingMismatch:
    'Dit certificaat hoort niet bij dit account. Kies een ander certificaat of meld u aan met een ander account.',
  accountDisabled: 'Uw account is vergrendeld. Neem contact op met uw beheerder.',
  certificateMethodDisabled: 'Aanmelden met een certificaat wordt hier niet aangeboden.',
  accountNotInScope:
    'Het beleid van uw organisatie voor aanmeldmethoden heeft de aanmelding geblokkeerd. Meld u op een andere manier aan.',
  authorityNotForUser: 'Dit certificaat is niet bedoeld voor uw account. Kies een ander certificaat.',
  bindingsMissing:
    'Het certificaatbeleid van uw organisatie kan niet worden gelezen. Neem contact op met uw beheerder.',
  bindingValueMissing: 'Uit uw certificaat blijkt niet wie u bent. Kies een ander certificaat.',
  accessBlocked: 'U kunt hier vanaf deze plek niet bij: het beleid van uw organisatie blokkeert dit.',
  secondFactorNeeded: 'Er is nog iets nodig: bevestig uw identiteit met een andere factor.',
  secondFactorUnavailable:
    'Hiervoor is een andere factor nodig en u hebt er geen ingesteld. Neem contact op met uw beheerder.',
  certificateStrengthUnmet:
    'Uw certificaat is niet sterk genoeg voor deze aanmelding. Meld u aan met een ander certificaat.',
  deviceNotCompliant: 'U kunt hier vanaf dit apparaat niet bij: het voldoet niet aan de eisen van uw organisatie.',
  deviceNotJoined: 'U kunt hier vanaf dit apparaat niet bij: het hoort niet bij uw organisatie.',
  termsNotAccepted: 'Lees en accepteer eerst de gebruiksvoorwaarden.',
  signInTooOld: 'Uw organisatie vraagt u om u opnieuw aan te melden.',
  temporaryAccessPassWrong:
    'Uw tijdelijke toegangspas is onjuist of kan niet meer worden gebruikt. Neem contact op met uw beheerder.',
  oneTimeCodeWrong: 'Die code klopt niet. Typ de code die uw verificatie-app nu toont.',
  passkeyWrong: 'Uw passkey kan niet worden gecontroleerd. Probeer het opnieuw of meld u op een andere manier aan.',
  approvalRefused: 'Uw aanmelding is niet goedgekeurd. Probeer het opnieuw of meld u op een andere manier aan.',
  factorNotAsked: 'Deze manier om aan te melden is niet beschikbaar. Kies een andere.',
  triesExhausted:
    'U hebt het te vaak geprobeerd. Wacht even en probeer het opnieuw, of meld u op een andere manier aan.',
  registrationRefused: 'Dit kan niet worden geregistreerd. Probeer het opnieuw.',
  flowUnknown: 'Deze aanmelding is niet meer geldig. Ga terug naar de toepassing en begin opnieuw.',
  browserForeign:
    'Deze aanmelding is beëindigd of in een ander browservenster begonnen. Ga terug naar de toepassing en begin opnieuw.',
  formForeign:
    'Dit formulier is door een andere website verzonden en niet geaccepteerd. Ga terug naar de toepassing en begin opnieuw.',
  handoffUnknown:
    'Uw certificaat is geaccepteerd, maar het antwoord kwam te laat of was al gebruikt. Probeer het opnieuw.',
  tenantUnknown:
    'De organisatie in dit adres is hier niet bekend. Controleer het adres bij de beheerder van de toepassing.',
  usernameMalformed: 'Typ een geldige gebruikersnaam, bijvoorbeeld iemand@example.com.',
  domainUnknown: 'Deze gebruikersnaam is mogelijk onjuist. Controleer of u deze goed hebt getypt.',
  userOfAnotherTenant: 'Uw account hoort bij een andere organisatie dan deze toepassing verwacht.',
  realmFederated:
    'Uw organisatie meldt u ergens anders aan. Open de toepassing via de aanmeldpagina van uw organisatie.',
  sessionUnproven: 'Uw sessie is beëindigd. Meld u opnieuw aan.',
  sessionRevoked: 'Uw sessie is door een beheerder beëindigd. Meld u opnieuw aan.',
  applicationUnknown: 'Deze toepassing is niet bekend in uw organisatie.',
  redirectUriUnknown: 'Deze toepassing vraagt om een antwoord op een adres dat er niet voor is geregistreerd.',
  resourceUnknown: 'Deze toepassing vraagt om toegang tot iets dat niet bekend is in uw organisatie.',
  scopeUnknown: 'Deze toepassing vraagt om een machtiging die niet bestaat.',
  consentMissing:
    'Deze toepassing heeft een machtiging nodig die alleen een beheerder kan verlenen. Vraag het uw beheerder.',
  userCodeUnknown: 'Deze code klopt niet, is verlopen of is al gebruikt. Typ de code opnieuw.',
  userCodeGuessesExhausted:
    'Er zijn te veel onjuiste codes getypt. Wacht enkele minuten en typ dan de code die uw apparaat toont.',
  requestMalformed: 'De toepassing heeft een verzoek gestuurd dat niet te begrijpen is.',
  interactionNeeded: 'U moet zich opnieuw aanmelden.',
  lastAdministratorShutOut:
    'Dit kan niet worden verwijderd: daarna zou geen beheerder van uw organisatie zich nog kunnen aanmelden. Voeg eerst een andere manier om aan te melden toe.',
  signInNotTheirs: 'Deze aanmelding staat niet in uw lijst. Laad de pagina opnieuw en probeer het nog eens.',
  sessionNotTheirs: 'Deze sessie is al beëindigd.',
  currentPasswordWrong: 'Uw huidige wachtwoord is onjuist.',
  passwordUnchanged: 'Het nieuwe wachtwoord is hetzelfde als het huidige. Kies een ander.',
  passwordsDiffer: 'De twee nieuwe wachtwoorden zijn niet gelijk. Typ ze opnieuw.',
  passwordTooWeak:
    'Dit wachtwoord is te zwak. Gebruik 8 tot 256 tekens van drie soorten: kleine letters, hoofdletters, cijfers, leestekens.',
};
