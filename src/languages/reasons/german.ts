import type { SentenceCode } from '../alike.ts';

/** Machine-made translation: a speaker of the language has not reviewed it yet. */
export const germanReasons: Readonly<Record<SentenceCode, string>> = {
  certificateMissing:
    'Es wurde kein Zertifikat gesendet. Stecken Sie Ihre Smartcard ein, oder wählen Sie ein Zertifikat aus, und versuchen Sie es noch einmal.',
  certificateUnreadable: 'Das Zertifikat konnte nicht gelesen werden. Wählen Sie ein anderes Zertifikat.',
  forwardedCertificateForeign:
    'Ihr Zertifikat ist nicht auf einem Weg angekommen, dem hier vertraut wird. Wenden Sie sich an Ihren Administrator.',
  issuerNotTrusted:
    'Ihr Zertifikat stammt von einer Stelle, der hier nicht vertraut wird. Wählen Sie ein anderes Zertifikat.',
  signatureWrong:
    'Dieses Zertifikat kann hier nicht verwendet werden. Wählen Sie ein anderes Zertifikat, oder wenden Sie sich an Ihren Administrator.',
  keyRefused: 'Der Schlüssel Ihres Zertifikats ist zu schwach. Wählen Sie ein anderes Zertifikat.',
  certificateNotCurrent:
    'Ihr Zertifikat ist abgelaufen oder noch nicht gültig. Wählen Sie ein anderes Zertifikat, oder lassen Sie es erneuern.',
  extendedKeyUsageForbids: 'Ihr Zertifikat ist nicht für die Anmeldung gedacht. Wählen Sie ein anderes Zertifikat.',
  certificateRevoked: 'Ihr Zertifikat ist gesperrt. Wählen Sie ein anderes Zertifikat, oder beantragen Sie ein neues.',
  authorityRevoked:
    'Die Stelle, die Ihr Zertifikat ausgestellt hat, ist gesperrt. Wenden Sie sich an Ihren Administrator.',
  certificateBlocked: 'Ihr Administrator hat Ihr Zertifikat gesperrt.',
  crlExpired: 'Die Sperrliste für Ihr Zertifikat ist veraltet. Wenden Sie sich an Ihren Administrator.',
  crlNotYetValid: 'Die Sperrliste für Ihr Zertifikat ist noch nicht gültig. Wenden Sie sich an Ihren Administrator.',
  crlDownloadFailed:
    'Die Sperrliste für Ihr Zertifikat konnte nicht heruntergeladen werden. Wenden Sie sich an Ihren Administrator.',
  crlMissing: 'Ob Ihr Zertifikat gesperrt ist, lässt sich nicht feststellen. Wenden Sie sich an Ihren Administrator.',
  crlIncomplete:
    'Die Sperrliste für Ihr Zertifikat ist unvollständig. Versuchen Sie es in einigen Minuten noch einmal.',
  signInFault:
    'Bei uns ist etwas schiefgegangen. Versuchen Sie es noch einmal; wenn es wieder vorkommt, wenden Sie sich an Ihren Administrator.',
  crlTimedOut: 'Die Prüfung Ihres Zertifikats hat zu lange gedauert. Versuchen Sie es in einigen Minuten noch einmal.',
  crlDownloadSlow:
    'Die Sperrliste für Ihr Zertifikat wird noch heruntergeladen. Versuchen Sie es in einigen Minuten noch einmal.',
  crlDownloadInProgress:
    'Die Sperrliste für Ihr Zertifikat wird gerade heruntergeladen. Versuchen Sie es in einigen Minuten noch einmal.',
  crlTooLarge: 'Die Sperrliste für Ihr Zertifikat ist groß. Versuchen Sie es in einigen Minuten noch einmal.',
  passwordWrong: 'Ihr Konto oder Kennwort ist nicht richtig.',
  bindingMismatch:
    'Dieses Zertifikat gehört nicht zu diesem Konto. Wählen Sie ein anderes Zertifikat, oder melden Sie sich mit einem anderen Konto an.',
  accountDisabled: 'Ihr Konto wurde gesperrt. Wenden Sie sich an Ihren Administrator.',
  certificateMethodDisabled: 'Die Anmeldung mit einem Zertifikat wird hier nicht angeboten.',
  accountNotInScope:
    'Die Richtlinie Ihrer Organisation für Anmeldearten hat die Anmeldung verhindert. Melden Sie sich auf andere Weise an.',
  authorityNotForUser: 'Dieses Zertifikat ist nicht für Ihr Konto gedacht. Wählen Sie ein anderes Zertifikat.',
  bindingsMissing:
    'Die Zertifikatrichtlinie Ihrer Organisation konnte nicht gelesen werden. Wenden Sie sich an Ihren Administrator.',
  bindingValueMissing: 'Aus Ihrem Zertifikat geht nicht hervor, wer Sie sind. Wählen Sie ein anderes Zertifikat.',
  accessBlocked: 'Von hier aus kommen Sie nicht dorthin: Die Richtlinie Ihrer Organisation verhindert es.',
  secondFactorNeeded: 'Es fehlt noch etwas: Bestätigen Sie Ihre Identität mit einem weiteren Faktor.',
  secondFactorUnavailable:
    'Hierfür ist ein weiterer Faktor nötig, und Sie haben keinen eingerichtet. Wenden Sie sich an Ihren Administrator.',
  certificateStrengthUnmet:
    'Ihr Zertifikat ist für diese Anmeldung nicht stark genug. Melden Sie sich mit einem anderen Zertifikat an.',
  deviceNotCompliant:
    'Von diesem Gerät aus kommen Sie nicht dorthin: Es erfüllt die Anforderungen Ihrer Organisation nicht.',
  deviceNotJoined: 'Von diesem Gerät aus kommen Sie nicht dorthin: Es gehört nicht zu Ihrer Organisation.',
  termsNotAccepted: 'Lesen Sie zuerst die Nutzungsbedingungen, und stimmen Sie ihnen zu.',
  signInTooOld: 'Ihre Organisation bittet Sie, sich erneut anzumelden.',
  temporaryAccessPassWrong:
    'Ihr befristeter Zugriffspass ist nicht richtig oder kann nicht mehr verwendet werden. Wenden Sie sich an Ihren Administrator.',
  oneTimeCodeWrong: 'Dieser Code ist nicht richtig. Geben Sie den Code ein, den Ihre Authenticator-App gerade anzeigt.',
  passkeyWrong:
    'Ihr Passkey konnte nicht geprüft werden. Versuchen Sie es noch einmal, oder melden Sie sich auf andere Weise an.',
  approvalRefused:
    'Ihre Anmeldung wurde nicht bestätigt. Versuchen Sie es noch einmal, oder melden Sie sich auf andere Weise an.',
  factorNotAsked: 'Diese Anmeldeart steht nicht zur Verfügung. Wählen Sie eine andere.',
  triesExhausted:
    'Sie haben es zu oft versucht. Warten Sie eine Weile, und versuchen Sie es dann noch einmal, oder melden Sie sich auf andere Weise an.',
  registrationRefused: 'Das konnte nicht eingerichtet werden. Versuchen Sie es noch einmal.',
  flowUnknown: 'Diese Anmeldung ist nicht mehr gültig. Kehren Sie zur Anwendung zurück, und beginnen Sie von vorn.',
  browserForeign:
    'Diese Anmeldung ist beendet oder wurde in einem anderen Browserfenster begonnen. Kehren Sie zur Anwendung zurück, und beginnen Sie von vorn.',
  formForeign:
    'Dieses Formular wurde von einer anderen Website gesendet und nicht angenommen. Kehren Sie zur Anwendung zurück, und beginnen Sie von vorn.',
  handoffUnknown:
    'Ihr Zertifikat wurde angenommen, aber die Antwort kam zu spät oder wurde schon verwendet. Versuchen Sie es noch einmal.',
  tenantUnknown:
    'Die Organisation in dieser Adresse ist hier nicht bekannt. Klären Sie die Adresse mit dem Administrator der Anwendung.',
  usernameMalformed: 'Geben Sie einen gültigen Benutzernamen ein, zum Beispiel jemand@example.com.',
  domainUnknown: 'Dieser Benutzername ist vielleicht nicht richtig. Prüfen Sie, ob Sie ihn richtig geschrieben haben.',
  userOfAnotherTenant: 'Ihr Konto gehört zu einer anderen Organisation, als diese Anwendung erwartet.',
  realmFederated:
    'Ihre Organisation meldet Sie anderswo an. Öffnen Sie die Anwendung über die Anmeldeseite Ihrer Organisation.',
  sessionUnproven: 'Ihre Sitzung ist zu Ende. Melden Sie sich erneut an.',
  sessionRevoked: 'Ihre Sitzung wurde von einem Administrator beendet. Melden Sie sich erneut an.',
  applicationUnknown: 'Diese Anwendung ist in Ihrer Organisation nicht bekannt.',
  redirectUriUnknown: 'Diese Anwendung möchte die Antwort an eine Adresse, die nicht für sie eingetragen ist.',
  resourceUnknown: 'Diese Anwendung möchte auf etwas zugreifen, das in Ihrer Organisation nicht bekannt ist.',
  scopeUnknown: 'Diese Anwendung verlangt eine Berechtigung, die es nicht gibt.',
  consentMissing:
    'Diese Anwendung braucht eine Berechtigung, die nur ein Administrator erteilen kann. Wenden Sie sich an Ihren Administrator.',
  userCodeUnknown: 'Dieser Code ist nicht richtig, abgelaufen oder schon verwendet. Geben Sie ihn noch einmal ein.',
  userCodeGuessesExhausted:
    'Es wurden zu viele falsche Codes eingegeben. Warten Sie einige Minuten und geben Sie dann den Code ein, den Ihr Gerät anzeigt.',
  requestMalformed: 'Die Anfrage der Anwendung ist nicht zu verstehen.',
  interactionNeeded: 'Sie müssen sich erneut anmelden.',
  lastAdministratorShutOut:
    'Das kann nicht entfernt werden: Danach könnte sich kein Administrator Ihrer Organisation mehr anmelden. Fügen Sie zuerst eine andere Anmeldeart hinzu.',
  signInNotTheirs:
    'Diese Anmeldung steht nicht in Ihrer Liste. Laden Sie die Seite neu, und versuchen Sie es noch einmal.',
  sessionNotTheirs: 'Diese Sitzung ist schon zu Ende.',
  currentPasswordWrong: 'Ihr bisheriges Kennwort ist nicht richtig.',
  passwordUnchanged: 'Das neue Kennwort ist das bisherige. Wählen Sie ein anderes Kennwort.',
  passwordsDiffer: 'Die beiden neuen Kennwörter sind nicht gleich. Geben Sie sie noch einmal ein.',
  passwordTooWeak:
    'Dieses Kennwort ist zu schwach. Nehmen Sie 8 bis 256 Zeichen aus drei Arten: Kleinbuchstaben, Großbuchstaben, Ziffern, Zeichen.',
};
